"""The `quantum` command: a client of the public API. Started for every line that is typed, so it imports late."""
