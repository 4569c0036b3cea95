"""Pages of the source sheets: what became of every row, and which entries rest on it."""
