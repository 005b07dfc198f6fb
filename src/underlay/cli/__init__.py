"""The quantum command: a client of the public API."""
