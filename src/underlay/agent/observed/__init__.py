"""The host -> HostState and Present. Reads only."""
