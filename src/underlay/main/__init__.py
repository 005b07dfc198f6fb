"""The only wiring: settings in, running programs out."""
