"""Answers DHCP for the networks that this host serves."""
