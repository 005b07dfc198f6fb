"""Run by the environment's Python: the life of every resource with openstacksdk's own calls.

Creates, gets, finds, lists by each filter, pages, updates, tags and deletes one of each, by a table; what only some
have is in `sdk_special`. Prints one JSON document: resource -> what was not as expected, and the calls made.

usage: sdk_resources.py AUTH_URL USERNAME PROJECT PASSWORD OTHER_PROJECT
"""

import json
import sys

import openstack
import sdk_networks
import sdk_policies
from openstack import exceptions
from sdk_checks import Differences, filled
from sdk_special import special_calls
from sdk_table import make_site


class Calls:
    """The network proxy; remembers the names of what is called."""

    def __init__(self, proxy):
        self._proxy = proxy
        self.names = []

    def __getattr__(self, name):
        self.names.append(name)
        return getattr(self._proxy, name)


NOT_OF_OURS = {
    "network": {"is_vlan_qinq", "is_vlan_transparent", "pvlan"},
    "port": {
        "data_plane_status",
        "device_profile",
        "hardware_offload_type",
        "numa_affinity_policy",
        "pvlan_community",
        "pvlan_type",
        "trusted",
    },
}
"""Attributes of extensions that are not announced."""


def life(network, row, differences):
    """From its creation to its end."""

    def call(verb, *arguments, **attributes):
        return getattr(network, f"{verb}_{row.name}")(*arguments, **attributes)

    def listed(**query):
        return [each.id for each in getattr(network, row.plural)(*row.parents, **query)]

    def check(made, wanted, what):
        for key, value in wanted.items():
            differences.expect(value, made[key], f"{what} {key}")

    made = call("create", *row.parents, **row.create)
    check(made, row.create, "created")
    unset = set(made.to_dict(headers=False, computed=False)) - set(filled(made))
    unset -= NOT_OF_OURS.get(row.name, set()) | {"revision_number", "name", "tenant_id"} - set(row.create)
    differences.expect(set(row.unset), unset, "unset")
    differences.expect(filled(made), filled(call("get", made.id, *row.parents)), "get")
    differences.expect(made.id, call("find", made.id, *row.parents, ignore_missing=False).id, "find by id")
    if "name" in row.create:
        differences.expect(made.id, call("find", made.name, *row.parents, ignore_missing=False).id, "find by name")
        shown = filled(call("get", made.id, fields=["id", "name"]))
        differences.expect((made.name, False), (shown.get("name"), "project_id" in shown), "get fields")
    differences.expect(1, listed().count(made.id), "list")
    differences.expect(sorted(listed()), sorted(listed(limit=1)), "pages")
    for key, (same, other) in row.filters.items():
        differences.expect(1, listed(**{key: same}).count(made.id), f"list {key}={same}")
        differences.expect(0, listed(**{key: other}).count(made.id), f"list {key}={other}")
    if row.update:
        changed = call("update", made.id, *row.parents, **row.update)
        check(changed, row.update, "updated")
        differences.expect(filled(changed), filled(call("get", made.id, *row.parents)), "get updated")
        if hasattr(made, "if_match"):
            differences.expect(made.revision_number + 1, changed.revision_number, "revision")
            stale = {**row.update, "if_revision": made.revision_number}
            differences.refused(exceptions.HttpException, getattr(network, f"update_{row.name}"), made.id, **stale)
    if row.tags:
        tag_calls(network, call("get", made.id), listed, differences)
    call("delete", made.id, *row.parents, ignore_missing=False)
    differences.refused(exceptions.NotFoundException, getattr(network, f"get_{row.name}"), made.id, *row.parents)
    call("delete", made.id, *row.parents)
    differences.expect(None, call("find", made.id, *row.parents), "find deleted")
    differences.expect(0, listed().count(made.id), "list deleted")


def tag_calls(network, made, listed, differences):
    """All that the SDK knows of tags, and lists by them."""
    network.set_tags(made, ["red", "blue"])
    network.add_tag(made, "green")
    network.remove_tag(made, "blue")
    if hasattr(made, "add_tags"):
        network.add_tags(made, ["große Tür"])
        network.remove_tag(made, "große Tür")
    differences.expect(["green", "red"], sorted(network.get_tags(made)), "tags")
    network.check_tag(made, "red")
    differences.refused(exceptions.NotFoundException, network.check_tag, made, "blue")
    for query, found in (
        ({"tags": "red,green"}, 1),
        ({"tags": "red,blue"}, 0),
        ({"any_tags": "red,blue"}, 1),
        ({"any_tags": "blue"}, 0),
        ({"not_tags": "red,green"}, 0),
        ({"not_tags": "red,blue"}, 1),
        ({"not_any_tags": "red,blue"}, 0),
        ({"not_any_tags": "blue"}, 1),
    ):
        differences.expect(found, listed(**query).count(made.id), f"list {query}")
    network.remove_all_tags(made)
    differences.expect([], network.get_tags(made), "no tags")


def main(auth_url, username, project, password, other_project):
    """Connect, play, print."""
    cloud = openstack.connect(
        load_envvars=False,
        load_yaml_config=False,
        auth_url=auth_url,
        username=username,
        password=password,
        project_name=project,
        user_domain_id="default",
        project_domain_id="default",
        region_name="RegionOne",
    )
    network = Calls(cloud.network)
    site = make_site(network, cloud.identity.find_project(other_project).id)
    found = {}
    for row in (*sdk_networks.rows(site), *sdk_policies.rows(site)):
        differences = found.setdefault(row.name, Differences())
        try:
            life(network, row, differences)
        except Exception as error:
            differences.append(f"{type(error).__name__}: {error}")
    found |= special_calls(network, site)
    offered = [name for name in vars(type(cloud.network)) if not name.startswith("_")]
    print(json.dumps({"found": found, "calls": network.names, "offered": offered}))


if __name__ == "__main__":
    main(*sys.argv[1:])
