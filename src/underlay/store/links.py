"""What a record names, what only it may have, its tags: derived from the record, kept in tables of their own. Pure.

A kind that has neither needs no line here.
"""

from underlay.model.change import Record
from underlay.model.keypair import OF_USER, Keypair, keypair_key
from underlay.model.network import DEFAULT_NETWORK, Network
from underlay.model.port import Port
from underlay.model.qos import QosPolicy, default_policy_key
from underlay.model.rbac_policy import RbacPolicy
from underlay.model.security_group import SecurityGroup, SecurityGroupRule
from underlay.model.segment import NetworkSegment
from underlay.model.server import ON_HOST, Server
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool, default_key
from underlay.model.trunk import Trunk, port_key

Link = tuple[str, str]
"""(relation, id of the record that is named)."""


def links_of(record: Record) -> frozenset[Link]:
    """Whom the record names, and as what; rules ask for it by `Snapshot.linked` and `is_linked`."""
    match record:
        case RbacPolicy():
            return frozenset({("object", record.object_id)})
        case NetworkSegment():
            return frozenset({("network", record.network_id)})
        case Subnet():
            named = (("segment", record.segment_id), ("subnetpool", record.subnetpool_id))
            return frozenset((relation, to_id) for relation, to_id in named if to_id is not None)
        case SubnetPool() if record.address_scope_id is not None:
            return frozenset({("address_scope", record.address_scope_id)})
        case Port():
            groups = [("port_security_group", group_id) for group_id in record.security_group_ids]
            return _named(("qos_policy", record.qos_policy_id), *groups)
        case Network():
            return _named(("qos_policy", record.qos_policy_id))
        case SecurityGroupRule():
            return _named(
                ("security_group", record.security_group_id),
                ("remote_group", record.traffic.remote_group_id),
                ("remote_address_group", record.traffic.remote_address_group_id),
            )
        case QosPolicy():
            return frozenset(("qos_rule", rule.id) for rule in record.rules)
        case Trunk():
            sub_ports = (("trunk_sub_port", each.port_id) for each in record.sub_ports)
            return frozenset({("trunk_parent", record.port_id), *sub_ports})
        case Server():
            return frozenset({(ON_HOST, record.host)})
        case Keypair():
            return frozenset({(OF_USER, record.user_id)})
        case _:
            return frozenset()


def _named(*named: tuple[str, str | None]) -> frozenset[Link]:
    return frozenset((relation, to_id) for relation, to_id in named if to_id is not None)


def unique_keys_of(record: Record) -> frozenset[str]:
    """What no other record of the kind may have; rules ask for it by `Snapshot.with_unique_key`."""
    match record:
        case SecurityGroup(is_default=True):
            return frozenset({record.project_id})
        case Network(is_default=True):
            return frozenset({DEFAULT_NETWORK})
        case QosPolicy(is_default=True):
            return frozenset({default_policy_key(record.project_id)})
        case Trunk():
            return frozenset(map(port_key, (record.port_id, *(each.port_id for each in record.sub_ports))))
        case Keypair():
            return frozenset({keypair_key(record.user_id, record.name)})
        case SubnetPool(is_default=True):
            return frozenset({default_key(record.ip_version)})
        case _:
            return frozenset()


def tags_of(record: Record) -> frozenset[str]:
    """The record's tags, for the filters by tag."""
    return frozenset(getattr(record, "tags", ()))


def grant_of(record: Record) -> dict[str, str] | None:
    """What an RBAC policy grants, as the row of `grants`; None for all other kinds."""
    if not isinstance(record, RbacPolicy):
        return None
    return {
        "object_id": record.object_id,
        "action": record.action,
        "target_project": record.target_project,
        "policy_id": record.id,
    }
