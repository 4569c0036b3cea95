"""查找: one page that finds candidates, clauses, records and files of a run."""
