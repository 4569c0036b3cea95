"""Files for office programs: scores.xlsx, the yearly text, the self-assessment."""
