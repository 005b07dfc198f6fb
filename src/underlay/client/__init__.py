"""How Underlay's own programs talk to a server: HTTP, tokens, the feed."""
