"""The campaign's own work for readers: comparison, pre-review, merit, roster, dates, draw."""
