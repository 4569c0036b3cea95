"""What was not accepted, for those who mend it: page, workbook, marked copies, findings."""
