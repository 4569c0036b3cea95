"""Validation: Great Expectations suites made from the schema, and the cross-table checks."""
