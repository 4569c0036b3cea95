"""What became of every file, sheet and row, and who mends what was not accepted."""
