"""The Networking API v2.0 over HTTP: request -> command -> rules -> store -> response."""
