"""Quality of service."""

from typing import Final

from underlay.api.extensions.extension import NOT_YET, Extension

QOS: Final = (
    Extension(
        "qos",
        "Quality of Service",
        "The Quality of Service extension.",
        "2015-06-08T10:00:00-00:00",
        here="Policies and rules are kept and shown; hosts do not shape or mark traffic yet.",
        where=NOT_YET,
    ),
    Extension(
        "qos-bw-limit-direction",
        "Direction for QoS bandwidth limit rule",
        "Allow to configure QoS bandwidth limit rule with specific direction: ingress or egress",
        "2017-04-10T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-bw-minimum-ingress",
        "Ingress direction for QoS minimum bandwidth rule",
        "Allow to configure QoS minimum bandwidth rule with ingress direction.",
        "2018-07-09T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-default",
        "QoS default policy",
        "Expose the QoS default policy per project",
        "2017-04-06T10:00:00-00:00",
        here="New networks of the project get its default policy, enforced as `qos`.",
    ),
    Extension(
        "qos-port-network-policy",
        "QoS port network policy ID",
        "Adds the QoS network ID to the port definition",
        "2019-11-01T10:00:00-00:00",
        here="Shows the policy of a port's network.",
    ),
    Extension(
        "qos-pps",
        "QoS Rule Type Packet per Second Extension",
        "Add QoS Rule Type Packet per Second",
        "2021-05-12T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-pps-minimum",
        "QoS minimum packet rate rule",
        "Allow to configure QoS minimum packet rate rule.",
        "2021-07-14T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-pps-minimum-rule-alias",
        "QoS minimum packet rate rule alias",
        "API to enable GET, PUT and DELETE operations on QoS minimum packet rate rule without specifying policy ID",
        "2021-10-22T10:00:00-00:00",
        here="Rules by their id alone.",
    ),
    Extension(
        "qos-rule-type-details",
        "Details of QoS rule types",
        "Expose details about QoS rule types supported by loaded backend drivers",
        "2017-06-22T10:00:00-00:00",
        here="What rules of a type may say.",
    ),
    Extension(
        "qos-rule-type-filter",
        "Allow to filter the list of QoS rule types",
        "Allows to filter the QoS rule type list with the flags all_rules and all_supported.",
        "2022-02-02T10:00:00-00:00",
        here="There is one kind of host, so both flags list the same.",
    ),
    Extension(
        "qos-rules-alias",
        "Quality of Service rules alias API",
        "API to enable GET, PUT and DELETE operations on QoS policy rules without specifying policy ID",
        "2018-10-07T10:00:00-00:00",
        here="Rules by their id alone.",
    ),
)
