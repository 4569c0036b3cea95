"""Correction workbooks: what their lines ask for, applied while a sheet is read."""
