"""A data centre on one machine: a physical switch, four gateways, a controller and three hosts, in namespaces."""
