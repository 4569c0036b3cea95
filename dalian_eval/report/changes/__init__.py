"""Two runs compared, as a page, as csv and as text."""
