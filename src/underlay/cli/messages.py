"""The lines that commands print, word for word as python-quantumclient 2.2.1 printed them."""

from typing import Final

CREATED: Final = "Created a new {key}:"
UPDATED: Final = "Updated {key}: {id}"
DELETED: Final = "Deleted {key}: {id}"
NOTHING_TO_UPDATE: Final = "Must specify new values to update {key}"
UNKNOWN_COMMAND: Final = "Unknown command {words}"
PROMPT: Final = "(quantum) "
VERSION: Final = "quantum 2.0"

MISSING_USERNAME: Final = "You must provide a username via either --os-username or env[OS_USERNAME]"
MISSING_PASSWORD: Final = "You must provide a password via either --os-password or env[OS_PASSWORD]"
MISSING_TENANT_NAME: Final = "You must provide a tenant_name via either --os-tenant-name or via env[OS_TENANT_NAME]"
MISSING_AUTH_URL: Final = "You must provide an auth url via either --os-auth-url or via env[OS_AUTH_URL]"
MISSING_TOKEN: Final = "You must provide a token via either --os-token or env[OS_TOKEN]"
MISSING_URL: Final = "You must provide a service URL via either --os-url or env[OS_URL]"
