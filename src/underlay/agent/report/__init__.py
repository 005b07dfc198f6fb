"""What the host tells the server: the state of its ports, and that its services live."""
