"""(desired, observed) -> Plan. Pure, deterministic, ordered."""
