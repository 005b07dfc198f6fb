"""Tells Nova what happened to its instances' ports."""
