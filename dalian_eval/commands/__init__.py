"""What the console command offers: a module per kind of work, mapping options to one call each."""
