"""Exports in their own shape: which sheets a mapping is for, and how their cells become ours."""
