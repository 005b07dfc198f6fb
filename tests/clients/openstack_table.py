"""What the tables of `openstack`'s commands are made of, and the site that their rows are about."""

from collections.abc import Mapping
from typing import Any, NamedTuple

VLAN = "--provider-network-type vlan --provider-physical-network hall"

SITE = (
    "network segment range create --network-type vlan --physical-network hall --minimum 1000 --maximum 1999 hall",
    "network qos policy create gold",
    "address scope create --ip-version 4 campus",
    "subnet pool create --pool-prefix 10.64.0.0/16 --default-prefix-length 24 blocks",
    f"network create {VLAN} --provider-segment 1000 ground",
    "subnet create --network ground --subnet-range 10.32.0.0/24 ground",
    "port create --network ground parent",
    "port create --network ground child",
    "security group create doors",
    "address group create --address 192.0.2.0/24 friends",
)
"""What the resources of the table need: one each."""


class Row(NamedTuple):
    """One resource; lines of options as they are typed.

    Attributes:
    name: what follows the options of create; empty for what has no name.
    made, changed, taken_back: fields that create, show after set, show after unset must tell.
    lists, others: options of list that find it, and that do not.
    blank: columns of its list that stay empty.
    parent: stands before the resource's id, and alone for create and list.
    """

    noun: str
    name: str
    create: str
    made: Mapping[str, Any]
    lists: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    set: str = ""
    changed: Mapping[str, Any] = {}
    unset: str = ""
    taken_back: Mapping[str, Any] = {}
    blank: frozenset[str] = frozenset()
    long: str = ""
    parent: str = ""
    tags: bool = False
