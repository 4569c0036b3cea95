"""What every page, table, figure and terminal line is made of."""
