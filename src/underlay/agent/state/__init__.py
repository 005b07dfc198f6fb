"""The values of the agent: what a host is like (`host`), what is on it (`present`), what it knows (`records`)."""
