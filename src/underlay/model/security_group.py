"""Security groups: which traffic the ports that name a group may send and receive.

Source: Networking API v2.0, extensions security-group, stateful-security-group, security-groups-default-rules,
security-groups-remote-address-group.
"""

from datetime import datetime
from typing import Final, Literal

import msgspec

from underlay.model.ids import ProjectId

Direction = Literal["ingress", "egress"]
Ethertype = Literal["IPv4", "IPv6"]

PARENT: Final = "PARENT"
"""remote_group_id of a template rule that stands for the group that the rule is made for."""


class Traffic(msgspec.Struct, frozen=True):
    """The packets that a rule lets pass. A field that is None does not narrow them.

    Attributes:
    protocol: an IP protocol's name in lower case, or its number as text.
    port_range_min, port_range_max: ports, both ends included; of ICMP its type and code.
    remote_ip_prefix: the other end, address and prefix length as the client wrote them: `10.0.0.34/24`.
    remote_group_id: the other end is a port in that security group.
    remote_address_group_id: the other end is in that address group. At most one of the three remotes is given.
    """

    direction: Direction
    ethertype: Ethertype = "IPv4"
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None


class SecurityGroup(msgspec.Struct, frozen=True, tag="security_group", tag_field="kind"):
    """Attributes:
    stateful: whether answers to traffic that was let pass are let pass without a rule of their own.
    shared: open to all projects, by an RBAC policy.
    is_default: the one group of the project that ports are in when nothing else is asked for.
    rule_ids: its rules in order of creation; kept here so that a rule more or less is a change of the group.
    """

    id: str
    project_id: ProjectId
    name: str
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    description: str = ""
    stateful: bool = True
    shared: bool = False
    is_default: bool = False
    rule_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class SecurityGroupRule(msgspec.Struct, frozen=True, tag="security_group_rule", tag_field="kind"):
    """One rule of a group; never changed, but for its tags.

    Attributes:
    project_id: who made it, mostly the group's own project.
    of_default_group: the group is its project's default.
    """

    id: str
    project_id: ProjectId
    security_group_id: str
    traffic: Traffic
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    description: str = ""
    of_default_group: bool = False
    tags: tuple[str, ...] = ()


class DefaultSecurityGroupRule(msgspec.Struct, frozen=True):
    """One rule that new groups start with: the projects' default groups, all others, or both."""

    id: str
    traffic: Traffic
    used_in_default_sg: bool = False
    used_in_non_default_sg: bool = True
    description: str = ""


class SecurityGroupTemplate(msgspec.Struct, frozen=True, tag="security_group_template", tag_field="kind"):
    """All rules that new groups start with, as the administrator left them; one record for the whole cloud, absent
    until the first change: `INITIAL_TEMPLATE` holds then."""

    rules: tuple[DefaultSecurityGroupRule, ...]

    @property
    def id(self) -> str:
        """The record's id in store and feed."""
        return TEMPLATE_ID


TEMPLATE_ID: Final = "template"

_EGRESS: Final = "Legacy default SG rule for egress traffic"
_INGRESS: Final = "Legacy default SG rule for ingress traffic"

INITIAL_TEMPLATE: Final = SecurityGroupTemplate(
    rules=(
        DefaultSecurityGroupRule(
            "5ec00001-0000-4000-8000-000000000001",
            Traffic("egress", "IPv4"),
            used_in_default_sg=True,
            used_in_non_default_sg=True,
            description=_EGRESS,
        ),
        DefaultSecurityGroupRule(
            "5ec00001-0000-4000-8000-000000000002",
            Traffic("egress", "IPv6"),
            used_in_default_sg=True,
            used_in_non_default_sg=True,
            description=_EGRESS,
        ),
        DefaultSecurityGroupRule(
            "5ec00001-0000-4000-8000-000000000003",
            Traffic("ingress", "IPv4", remote_group_id=PARENT),
            used_in_default_sg=True,
            used_in_non_default_sg=False,
            description=_INGRESS,
        ),
        DefaultSecurityGroupRule(
            "5ec00001-0000-4000-8000-000000000004",
            Traffic("ingress", "IPv6", remote_group_id=PARENT),
            used_in_default_sg=True,
            used_in_non_default_sg=False,
            description=_INGRESS,
        ),
    )
)
"""What every cloud starts with, as Neutron's does: everything may go out, and members of a default group reach each
other."""
