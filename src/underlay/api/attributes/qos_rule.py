"""Rules of QoS policies, a resource a type: `/v2.0/qos/policies/{policy_id}/bandwidth_limit_rules` and so on.

Extensions `qos`, `qos-bw-limit-direction`, `qos-bw-minimum-ingress`, `qos-pps`, `qos-pps-minimum`.
Without their policy's id at `/v2.0/qos/alias_bandwidth_limit_rules/{id}`: extensions `qos-rules-alias`,
`qos-pps-minimum-rule-alias`.
"""

from functools import partial
from typing import Any, Final

from underlay.api import values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Parent, Resource, Values
from underlay.api.attributes.qos import QOS_POLICY, UNENFORCED
from underlay.api.values import Reader
from underlay.commands.qos import CreateQosRule
from underlay.model.errors import QosRuleNotFound
from underlay.model.ids import ProjectId
from underlay.model.qos import (
    DSCP_MARKS,
    BandwidthLimit,
    DscpMarking,
    MinimumBandwidth,
    MinimumPacketRate,
    PacketRateLimit,
)

MOST: Final = 2**31 - 1
"""The largest rate that Neutron takes."""

DIRECTIONS: Final = ("ingress", "egress")
ANY_DIRECTION: Final = ("any", *DIRECTIONS)

_rate: Final = values.integer_between(0, MOST)


def _row(
    name: str, description: str, reader: Reader[Any], filter_reader: Reader[Any], *, required: bool = False
) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda rule, _: getattr(rule, name),
        post=reader,
        put=reader,
        required=required,
        filter=filter_reader,
        sort=True,
    )


def _amount(name: str, description: str) -> Attribute:
    return _row(name, f"{description}, 0 to {MOST}.", _rate, values.integer, required=True)


def _burst(name: str, unit: str) -> Attribute:
    return _row(name, f"How much may go at once, in {unit}; 0: the host's choice.", _rate, values.integer)


def _direction(allowed: tuple[str, ...] = DIRECTIONS) -> Attribute:
    named = ", ".join(f"`{each}`" for each in allowed)
    return _row(
        "direction",
        f"One of {named}, as the machine sees it; `egress` when not sent.",
        values.one_of(allowed, standard.text),
        standard.text,
    )


def _create(record_type: Any, _: ProjectId, sent: Values) -> CreateQosRule:
    fields = {name: value for name, value in sent.items() if name != "policy_id"}
    return CreateQosRule(policy_id=sent["policy_id"], rule=record_type(id="", **fields))


def _missing(rule_id: str) -> QosRuleNotFound:
    return QosRuleNotFound(rule_id, "")


def _resource(record_type: Any, *attributes: Attribute) -> Resource:
    name = f"{record_type.__struct_config__.tag}_rule"
    return Resource(
        name=name,
        ruled_as=f"policy_{name}",
        collection=f"{name}s",
        kind="qos_policy",
        record_type=record_type,
        missing=_missing,
        attributes=(standard.identifier("rule"), *attributes),
        create=partial(_create, record_type),
        parent=Parent(resource=QOS_POLICY, parameter="policy_id", relation=""),
        inside=True,
        unenforced=UNENFORCED,
    )


QOS_RULES: Final = (
    _resource(
        BandwidthLimit,
        _amount("max_kbps", "At most so many kbit/s"),
        _burst("max_burst_kbps", "kbit"),
        _direction(),
    ),
    _resource(
        DscpMarking,
        _row(
            "dscp_mark",
            f"The code point of what the machine sends: one of {', '.join(map(str, DSCP_MARKS))}.",
            values.one_of(DSCP_MARKS, values.integer),
            values.integer,
            required=True,
        ),
    ),
    _resource(MinimumBandwidth, _amount("min_kbps", "At least so many kbit/s"), _direction()),
    _resource(
        PacketRateLimit,
        _amount("max_kpps", "At most so many thousand packets a second"),
        _burst("max_burst_kpps", "thousand packets"),
        _direction(),
    ),
    _resource(
        MinimumPacketRate, _amount("min_kpps", "At least so many thousand packets a second"), _direction(ANY_DIRECTION)
    ),
)
"""A resource a type of rule."""


def rule_type(resource: Resource) -> str:
    """The type of the rules of such a resource."""
    return resource.name.removesuffix("_rule")
