"""Which table a sheet holds, where its header stands, and its rows as canonical columns."""
