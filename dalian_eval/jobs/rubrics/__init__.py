"""The jobs of whoever writes a rubric: check, cases, trial, next year."""
