"""The declared tables by the name of their sheet, as files for tests are written."""

from dalian_eval.schema.tables import TABLES

BY_SHEET = {table.sheet: table for table in TABLES}
