"""The Image API v2 (Glance), read-only: files of a directory on the server."""
