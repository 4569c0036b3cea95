"""Rows to records: names and references resolved, equal keys merged, tables settled."""
