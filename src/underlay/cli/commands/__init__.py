"""The command table: every `quantum` command, as data; a module a resource.

Names, options and messages are those of python-quantumclient 2.2.1; options that came later (and `instance-*` and
`physical-network-*`, which are ours) are added where they cannot change the meaning of a line that worked then.
"""

from typing import Final

from underlay.cli.commands.agents import AGENTS
from underlay.cli.commands.extensions import EXTENSIONS
from underlay.cli.commands.instances import INSTANCES
from underlay.cli.commands.networks import NETWORKS
from underlay.cli.commands.physical_networks import PHYSICAL_NETWORKS
from underlay.cli.commands.ports import PORTS
from underlay.cli.commands.quotas import QUOTAS
from underlay.cli.commands.security_groups import SECURITY_GROUPS
from underlay.cli.commands.subnets import SUBNETS
from underlay.cli.vocabulary import Command

COMMANDS: Final[dict[str, Command]] = {
    command.name: command
    for command in (
        *NETWORKS,
        *SUBNETS,
        *PORTS,
        *AGENTS,
        *QUOTAS,
        *SECURITY_GROUPS,
        *EXTENSIONS,
        *PHYSICAL_NETWORKS,
        *INSTANCES,
    )
}
