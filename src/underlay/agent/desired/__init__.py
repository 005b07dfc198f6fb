"""(records, site, present) -> HostState. Pure and total."""
