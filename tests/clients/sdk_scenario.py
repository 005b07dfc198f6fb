"""Run by the environment's Python: the scenario's API part with openstacksdk. Prints what it saw as one JSON document.

usage: sdk_scenario.py AUTH_URL USERNAME PROJECT PASSWORD ROLE, where ROLE is `admin` or `user`
"""

import json
import sys

import openstack
from openstack import exceptions

NETWORKS = {100: "10.10.100", 101: "10.10.101", 200: "10.10.200", 201: "10.10.201"}


def administer(cloud):
    """Four networks with subnets; a provider attribute changed; a conflict; agents."""
    for vid, prefix in NETWORKS.items():
        network = cloud.network.create_network(
            name=f"pub{vid}",
            is_shared=True,
            provider_network_type="vlan",
            provider_physical_network="default",
            provider_segmentation_id=vid,
        )
        cloud.network.create_subnet(
            network_id=network.id,
            name=f"sub{vid}",
            ip_version=4,
            cidr=f"{prefix}.0/24",
            host_routes=[{"destination": "169.254.0.0/16", "nexthop": f"{prefix}.3"}],
        )
    first = cloud.network.find_network("pub100")
    try:
        cloud.network.create_network(
            provider_network_type="vlan", provider_physical_network="default", provider_segmentation_id=100
        )
        taken = None
    except exceptions.ConflictException as error:
        taken = [error.status_code, "VLAN 100" in str(error)]
    agents = list(cloud.network.agents())
    for agent in agents:
        hosted = [each.id for each in cloud.network.dhcp_agent_hosting_networks(agent)]
        if first.id not in hosted:
            cloud.network.add_dhcp_agent_to_network(agent, first)
        cloud.network.remove_dhcp_agent_from_network(agent, first)
        cloud.network.add_dhcp_agent_to_network(agent, first)
    return {
        "vlans": sorted(each.provider_segmentation_id for each in cloud.network.networks()),
        "taken": taken,
        "agents": [[each.agent_type, each.host, each.is_alive] for each in agents],
        "hosting": [each.host for each in cloud.network.network_hosting_dhcp_agents(first)],
        "projects": sorted(each.name for each in cloud.identity.projects()),
        "users": sorted(each.name for each in cloud.identity.users()),
    }


def use(cloud):
    """Lists, a port's life with revisions, what is forbidden, a quota."""
    network = cloud.network.find_network("pub100", ignore_missing=False)
    port = cloud.network.create_port(network_id=network.id, name="vm")
    before = port.revision_number
    changed = cloud.network.update_port(port.id, name="renamed", description="text")
    shown = [changed.name, changed.description, changed.revision_number - before]
    try:
        cloud.network.update_port(changed, name="late", if_revision=before)
        late = None
    except exceptions.HttpException as error:
        late = error.status_code
    pages = list(cloud.network.networks(limit=1))
    forbidden = []
    for wish in ({"is_shared": True}, {"provider_network_type": "vlan"}):
        try:
            cloud.network.create_network(name="mine", **wish)
        except exceptions.ForbiddenException as error:
            forbidden.append(error.status_code)
    seen = {
        "networks": sorted(each.name for each in cloud.network.networks()),
        "paged": sorted(each.name for each in pages),
        "provider": [each.provider_segmentation_id for each in cloud.network.networks()],
        "routes": [
            [dict(route) for route in each.host_routes] for each in cloud.network.subnets(cidr="10.10.100.0/24")
        ],
        "port": shown,
        "late": late,
        "forbidden": forbidden,
        "mine": [each.name for each in cloud.network.networks(name="mine")],
        "quota": cloud.network.get_quota(cloud.current_project_id).networks,
        "extension": cloud.network.find_extension("provider").alias,
        "waited": cloud.network.get_port(port.id).status,
    }
    cloud.network.delete_port(port.id, ignore_missing=False)
    seen["ports"] = [each.id for each in cloud.network.ports()]
    seen["missing"] = cloud.network.find_port(port.id)
    return seen


def main(auth_url, username, project, password, role):
    """Connect as documented, with nothing but URL, user, password and project."""
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
    print(json.dumps(administer(cloud) if role == "admin" else use(cloud)))


if __name__ == "__main__":
    main(*sys.argv[1:])
