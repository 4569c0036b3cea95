"""A run's record read back: scores, clauses, months, evidence down to the cell."""
