"""The figures of a record, drawn from its views."""
