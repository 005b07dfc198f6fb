"""DHCPv6 messages and options as values (RFC 8415)."""
