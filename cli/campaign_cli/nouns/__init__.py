"""One module for each group of verbs; loaded when one of them is used."""
