"""Options that commands of several resources share."""

from typing import Final

from underlay.cli.vocabulary import Option

TENANT: Final = Option("--tenant-id", "tenant_id", metavar="TENANT_ID", help="The owner's project id.")
DOWN: Final = Option("--admin-state-down", "admin_state_up", "nothing", constant=False, help="Administratively down.")
NAME: Final = Option("--name", "name", metavar="NAME", help="Its name.")
DESCRIPTION: Final = Option("--description", "description", metavar="TEXT", help="What it is for.")
