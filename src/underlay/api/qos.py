"""Rules of QoS policies, under their policy and by their own id alone; and the types of rules that there are."""

from typing import Any, Final

import msgspec

from underlay.api import unenforced, values
from underlay.api.attributes.attribute import Resource
from underlay.api.attributes.qos_rule import ANY_DIRECTION, DIRECTIONS, MOST, QOS_RULES, rule_type
from underlay.api.calls import refuse_body
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute, execute_and_render, viewpoint
from underlay.api.inside import list_inside, show_inside
from underlay.api.parse import read_update
from underlay.api.query import read_fields
from underlay.commands.qos import DeleteQosRule, UpdateQosRule
from underlay.model.errors import HTTPBadRequest, HTTPNotFound
from underlay.model.qos import DSCP_MARKS
from underlay.rules import access, qos_policy, qos_rule

_DRIVER: Final = "underlay"
_FILTERS_OF_TYPES: Final = ("all_supported", "all_rules")


def list_rules(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /qos/policies/{policy_id}/bandwidth_limit_rules`."""
    with service.store.read() as reading:
        policy = qos_policy.visible(ask.path["policy_id"], reading, ask.caller)
        access.require(ask.caller, f"get_{resource.rule}", policy, reading)
        rules = [rule for rule in policy.rules if isinstance(rule, resource.record_type)]
        return list_inside(resource, ask, rules, viewpoint(service, ask.caller, reading))


def show_rule(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /qos/policies/{policy_id}/bandwidth_limit_rules/{id}`, or without the policy."""
    rule_id = ask.path["id"]
    with service.store.read() as reading:
        policy = qos_rule.policy_with(ask.path.get("policy_id"), rule_id, reading, ask.caller)
        access.require(ask.caller, f"get_{resource.rule}", policy, reading)
        rule = qos_rule.rule_of(policy, rule_id, rule_type(resource))
        return show_inside(_named(resource, ask), ask, rule, viewpoint(service, ask.caller, reading))


def update_rule(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`PUT` to the same."""
    named = _named(resource, ask)
    sent = read_update(named, ask.body, ask.caller)
    command = UpdateQosRule(ask.path.get("policy_id"), ask.path["id"], rule_type(resource), dict(sent))
    headers = unenforced.warnings((resource.unenforced,), service.regulations)
    return answer({named.name: execute_and_render(service, named, ask.caller, (command,))[0]}, headers=headers)


def delete_rule(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`DELETE` of the same."""
    refuse_body(ask)
    execute(service, ask.caller, (DeleteQosRule(ask.path.get("policy_id"), ask.path["id"], rule_type(resource)),))
    return Answer(status=204)


def list_rule_types(service: Service, ask: Ask) -> Answer:
    """`GET /qos/rule-types`: all; there is one kind of host, so `all_supported` and `all_rules` say the same."""
    access.require_always(ask.caller, "get_rule_type")
    fields = read_fields(ask.query)
    for name, value in ask.query:
        if name in _FILTERS_OF_TYPES:
            values.boolean(value)
        elif name != "fields":
            raise HTTPBadRequest(f"['{values.shown(name)}'] is invalid attribute for filtering")
    shown = [{"type": rule_type(resource)} for resource in QOS_RULES]
    return answer({"rule_types": [_only(fields, each) for each in shown]})


def show_rule_type(service: Service, ask: Ask) -> Answer:
    """`GET /qos/rule-types/{type}`: what its parameters may be; for administrators."""
    access.require_always(ask.caller, "get_rule_type:drivers")
    name = ask.path["type"]
    for resource in QOS_RULES:
        if rule_type(resource) == name:
            parameters = [_parameter(row.name, resource) for row in resource.attributes if row.post is not None]
            drivers = [{"name": _DRIVER, "supported_parameters": parameters}]
            return answer({"rule_type": _only(read_fields(ask.query), {"type": name, "drivers": drivers})})
    raise HTTPNotFound(f"There is no QoS rule type '{values.shown(name)}'.")


def _parameter(name: str, resource: Resource) -> dict[str, Any]:
    choices: dict[str, tuple[int | str, ...]] = {
        "dscp_mark": DSCP_MARKS,
        "direction": ANY_DIRECTION if resource.name == "minimum_packet_rate_rule" else DIRECTIONS,
    }
    if name in choices:
        return {"parameter_name": name, "parameter_type": "choices", "parameter_values": choices[name]}
    return {"parameter_name": name, "parameter_type": "range", "parameter_values": {"start": 0, "end": MOST}}


def _named(resource: Resource, ask: Ask) -> Resource:
    """The resource as the URL names it: without a policy in it, bodies have the key `alias_bandwidth_limit_rule`."""
    return resource if "policy_id" in ask.path else msgspec.structs.replace(resource, name=f"alias_{resource.name}")


def _only(fields: frozenset[str], shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if not fields or name in fields}
