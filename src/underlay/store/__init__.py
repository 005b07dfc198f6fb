"""Records in a database, one transaction a command, with the change record that the feed shows."""
