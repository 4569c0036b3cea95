"""What reviewers see: theme, figures, tables, statements, portal, narrative."""
