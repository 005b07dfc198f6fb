"""Which number stands for which port among those served locally.

Pure. Numbers that ports already have are kept, so that an agent with no memory changes nothing. A new one follows from
the port's id: so a number is hardly ever soon another port's, whose packets a pump might take for the one before.
"""

from collections.abc import Collection
from zlib import crc32

from underlay.agent.state.present import Present
from underlay.model.ids import PortId
from underlay.wire.identity_address import HIGHEST_NUMBER


def allocate(wanted: Collection[PortId], present: Present) -> dict[PortId, int]:
    """A number, 1 and up, for each port, all different. With more ports than numbers the last ones get none."""
    numbers = {port_id: number for port_id, number in present.identities.items() if port_id in wanted}
    taken = set(present.identities.values())
    for port_id in sorted(set(wanted) - numbers.keys()):
        if len(taken) >= HIGHEST_NUMBER:
            break
        number = crc32(port_id.encode()) % HIGHEST_NUMBER
        while number + 1 in taken:
            number = (number + 1) % HIGHEST_NUMBER
        numbers[port_id] = number + 1
        taken.add(number + 1)
    return numbers
