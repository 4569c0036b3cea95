"""The data contract: tables and columns, each declared once, and what is made from them."""
