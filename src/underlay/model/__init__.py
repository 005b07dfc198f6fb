"""The nouns: frozen records of what is stored and exchanged. No I/O, no clock, no randomness."""
