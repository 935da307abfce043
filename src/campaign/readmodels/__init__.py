"""Pure folds: what the events come to, for people to read."""
