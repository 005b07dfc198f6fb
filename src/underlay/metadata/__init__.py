"""Answers 169.254.169.254 for the networks that this host serves."""
