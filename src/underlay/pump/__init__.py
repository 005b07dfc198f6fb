"""What the two pumps share: their table folder, sockets inside namespaces, and which networks are open."""
