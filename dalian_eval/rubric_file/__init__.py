"""Reading a rubric file: its readings, its clauses by the rules there are, what is refused."""
