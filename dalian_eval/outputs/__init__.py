"""The files of a record: each declared once, and what is made from the declarations."""
