"""The edge to storage: the event log, its codec, its views."""
