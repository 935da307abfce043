"""Composition: load → decide → append.  The only clock, the only source of ids, the only place that wires the rooms."""
