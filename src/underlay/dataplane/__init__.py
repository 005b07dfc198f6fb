"""Thin handles on the host: OVSDB, OpenFlow, links, network namespaces. No decisions."""
