"""Cells of workbooks and of tables like them, and what their libraries do not tell, by kind."""
