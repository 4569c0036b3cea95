"""What the author of a rubric works with: years, worked cases, words of a whole plan, next year."""
