"""What holds under every reading: certificates in words, tables, a figure and the page 口径试算."""
