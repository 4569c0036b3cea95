"""One raw cell to one canonical value, and the rules between the cells of a row."""
