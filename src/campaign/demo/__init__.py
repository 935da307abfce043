"""The demonstration: the shipped 2005 campaign from first survey to last reward, in a rehearsal store."""
