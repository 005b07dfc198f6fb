"""Who may do what: expressions, the table of defaults, and what both come to for a caller."""
