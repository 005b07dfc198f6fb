"""What security groups need beyond the five calls: the default group that is there when one looks, the rules that new
groups start with, and adding and removing addresses of address groups."""

from functools import partial

from underlay.api import calls
from underlay.api.attributes import standard
from underlay.api.attributes.address_group import ADDRESS_GROUP, read_addresses_of_action
from underlay.api.attributes.attribute import Resource
from underlay.api.attributes.default_security_group_rule import DEFAULT_SECURITY_GROUP_RULE
from underlay.api.exchange import Answer, Ask, Handler, Service, answer
from underlay.api.execute import execute, execute_and_render, viewpoint
from underlay.api.inside import list_inside, show_inside
from underlay.api.parse import parse_json
from underlay.api.query import read_query
from underlay.commands.address_group import AddAddresses, RemoveAddresses
from underlay.commands.security_group import EnsureDefaultSecurityGroup
from underlay.model.errors import DefaultSecurityGroupRuleNotFound
from underlay.model.ids import ProjectId
from underlay.model.security_group import SecurityGroup
from underlay.rules import access, security_group


def list_with_default(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /security-groups`, `GET /security-group-rules`: the project's default group is made before, if it is not
    there: the caller's project, or the one that is asked for."""
    read_query(resource, ask.query, ask.caller)  # What is refused makes no group.
    named = [value for key, value in ask.query if key in ("project_id", "tenant_id") and value]
    project_id = ProjectId(named[0]) if named else ask.caller.project_id
    if project_id and _may_be(project_id) and access.owns(ask.caller, project_id):
        with service.store.read() as reading:
            is_there = reading.with_unique_key(SecurityGroup, project_id) is not None
        if not is_there:
            execute(service, ask.caller, (EnsureDefaultSecurityGroup(project_id),))
    return calls.list_records(resource, service, ask)


def _may_be(project_id: ProjectId) -> bool:
    try:
        standard.read_project(project_id)
    except ValueError:
        return False
    return True


def list_default_rules(service: Service, ask: Ask) -> Answer:
    """`GET /default-security-group-rules`: they are few, and in one record."""
    access.require_always(ask.caller, f"get_{DEFAULT_SECURITY_GROUP_RULE.rule}")
    with service.store.read() as reading:
        view = viewpoint(service, ask.caller, reading)
        return list_inside(DEFAULT_SECURITY_GROUP_RULE, ask, security_group.template(reading).rules, view)


def show_default_rule(service: Service, ask: Ask) -> Answer:
    """`GET /default-security-group-rules/{id}`."""
    access.require_always(ask.caller, f"get_{DEFAULT_SECURITY_GROUP_RULE.rule}")
    with service.store.read() as reading:
        view = viewpoint(service, ask.caller, reading)
        for rule in security_group.template(reading).rules:
            if rule.id == ask.path["id"]:
                return show_inside(DEFAULT_SECURITY_GROUP_RULE, ask, rule, view)
    raise DefaultSecurityGroupRuleNotFound(ask.path["id"])


def _change_addresses(command_type: type[AddAddresses] | type[RemoveAddresses], service: Service, ask: Ask) -> Answer:
    addresses = read_addresses_of_action(parse_json(ask.body))
    command = command_type(ask.path["id"], calls.revision_condition(ask.if_match), addresses)
    return answer({ADDRESS_GROUP.name: execute_and_render(service, ADDRESS_GROUP, ask.caller, (command,))[0]})


add_addresses: Handler = partial(_change_addresses, AddAddresses)
"""`PUT /address-groups/{id}/add_addresses`."""

remove_addresses: Handler = partial(_change_addresses, RemoveAddresses)
"""`PUT /address-groups/{id}/remove_addresses`."""
