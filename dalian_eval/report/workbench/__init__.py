"""What the author of a rubric reads: the whole plan, two plans compared, worked cases that fail."""
