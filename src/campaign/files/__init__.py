"""The edge to files: strict YAML, rosters and submissions come in here, and nowhere else."""
