"""The embedded Keystone-v3 endpoint: users, projects, roles, passwords, tokens."""
