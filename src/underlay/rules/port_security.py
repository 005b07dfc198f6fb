"""What guards a port: port security, its security groups, and the addresses beside its own that it may use.

A port of the network itself (`network:*`) is trusted: no port security, no groups. Any other has what its network has,
and its project's default group, unless something else is asked for.
Source: Networking API v2.0, extensions port-security, security-group, allowed-address-pairs; Neutron's checks.
"""

from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType, structs

from underlay.commands.port import CreatePort, UpdatePort
from underlay.model.address import Mac
from underlay.model.caller import Caller
from underlay.model.change import Record
from underlay.model.errors import (
    AddressPairAndPortSecurityRequired,
    AllowedAddressPairExhausted,
    DuplicateAddressPairInRequest,
    PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup,
    SecurityGroupConflict,
    SecurityGroupNotFound,
)
from underlay.model.network import Network
from underlay.model.port import AllowedAddressPair, Port
from underlay.model.security_group import SecurityGroup
from underlay.rules import access, security_group
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

TRUSTED_OWNERS = "network:"


class Guard(msgspec.Struct, frozen=True):
    """Attributes of a port, and what must be put before it: a default group that was missing."""

    port_security_enabled: bool
    security_group_ids: tuple[str, ...]
    allowed_address_pairs: tuple[AllowedAddressPair, ...]
    puts: tuple[Record, ...] = ()


def at_creation(
    command: CreatePort,
    network: Network,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Guard:
    """How a new port is guarded, whose MAC is in the command by now.

    Raises AddressPairAndPortSecurityRequired and PortSecurityAndIPRequiredForSecurityGroups for what has no meaning
    without port security, SecurityGroupNotFound, SecurityGroupConflict, AllowedAddressPairExhausted,
    DuplicateAddressPairInRequest.
    """
    trusted = command.device_owner.startswith(TRUSTED_OWNERS)
    enabled = not trusted and (
        network.port_security_enabled if command.port_security_enabled is UNSET else command.port_security_enabled
    )
    pairs = _pairs(command.allowed_address_pairs, command.mac_address, regulations)
    if not enabled:
        if pairs:
            raise AddressPairAndPortSecurityRequired()
        if command.security_group_ids:
            raise PortSecurityAndIPRequiredForSecurityGroups()
        return Guard(enabled, (), ())
    if command.security_group_ids is not UNSET:
        return Guard(enabled, _groups(command.security_group_ids, snapshot, caller), pairs)
    if regulations.unenforced == "refuse":
        return Guard(enabled, (), pairs)
    group, puts = security_group.default_group(command.project_id, snapshot, circumstances)
    return Guard(enabled, (group.id,), pairs, puts)


def in_update(
    command: UpdatePort, before: Port, mac: Mac, snapshot: Snapshot, caller: Caller, regulations: Regulations
) -> Guard:
    """How a port is guarded afterwards.

    Raises, for a port that is or becomes one without port security: AddressPairAndPortSecurityRequired when it has or
    gets pairs, PortSecurityAndIPRequiredForSecurityGroups when it gets groups, PortSecurityPortHasSecurityGroup when it
    keeps some.
    """
    enabled = before.port_security_enabled if command.port_security_enabled is UNSET else command.port_security_enabled
    pairs = before.allowed_address_pairs
    if command.allowed_address_pairs is not UNSET:
        pairs = _pairs(command.allowed_address_pairs, mac, regulations)
    ids = before.security_group_ids if command.security_group_ids is UNSET else command.security_group_ids
    if not enabled:
        if pairs:
            raise AddressPairAndPortSecurityRequired()
        if command.security_group_ids:
            raise PortSecurityAndIPRequiredForSecurityGroups()
        if ids:
            raise PortSecurityPortHasSecurityGroup()
    if command.security_group_ids is not UNSET and set(ids) != set(before.security_group_ids):
        ids = _groups(ids, snapshot, caller)
    return Guard(enabled, ids, pairs)


def _groups(ids: Iterable[str], snapshot: Snapshot, caller: Caller) -> tuple[str, ...]:
    """The groups, if the caller sees them all, and all are stateful or none is."""
    groups: list[SecurityGroup] = []
    absent: list[str] = []
    for group_id in ids:
        try:
            groups.append(access.visible(SecurityGroup, group_id, SecurityGroupNotFound, snapshot, caller))
        except SecurityGroupNotFound:
            absent.append(group_id)
    if absent:
        raise SecurityGroupNotFound(", ".join(absent))
    if len({group.stateful for group in groups}) > 1:
        raise SecurityGroupConflict(
            "Cannot apply both stateful and stateless security groups on the same port at the same time"
        )
    return tuple(group.id for group in groups)


def _pairs(
    wished: tuple[AllowedAddressPair, ...] | UnsetType, mac: Mac | None, regulations: Regulations
) -> tuple[AllowedAddressPair, ...]:
    """The pairs, with the port's own MAC where none is given; each once."""
    if wished is UNSET:
        return ()
    if len(wished) > regulations.max_allowed_address_pairs:
        raise AllowedAddressPairExhausted(regulations.max_allowed_address_pairs)
    pairs = tuple(structs.replace(pair, mac_address=pair.mac_address or mac) for pair in wished)
    seen: set[AllowedAddressPair] = set()
    for pair in pairs:
        if pair in seen:
            raise DuplicateAddressPairInRequest(pair.mac_address, pair.ip_address)
        seen.add(pair)
    return pairs
