"""The tempest.conf of one run: where the server is, who administers it, and what it announces."""

import configparser
import io
import json
from collections.abc import Sequence
from pathlib import Path

from bench.server import RunningServer

PHYSICAL_NETWORKS = "physnet1:1000:1499,physnet2:1500:1999"
"""Below 2000, where a test of the default ranges looks for VLAN ids, whatever the network type."""


def tempest_conf(server: RunningServer, extensions: Sequence[str], folder: Path, external_network: str) -> str:
    """The file's text. Only this project's service is there; so whatever needs another skips itself."""
    parser = configparser.RawConfigParser()
    parser.read_dict(
        {
            "DEFAULT": {"log_dir": str(folder), "log_file": "tempest.log"},
            "oslo_concurrency": {"lock_path": str(folder / "lock")},
            "auth": {
                "use_dynamic_credentials": "true",
                "create_isolated_networks": "false",
                "admin_username": server.username,
                "admin_password": server.password,
                "admin_project_name": "admin",
                "admin_domain_name": "Default",
            },
            "identity": {
                "auth_version": "v3",
                "uri_v3": f"{server.url}/v3",
                "uri": f"{server.url}/v3",
                "region": "RegionOne",
                "v3_endpoint_type": "public",
                "default_domain_id": "default",
            },
            "identity-feature-enabled": {"api_v2": "false", "api_v3": "true"},
            "service_available": {
                "neutron": "true",
                "nova": "false",
                "glance": "false",
                "cinder": "false",
                "swift": "false",
                "horizon": "false",
            },
            "network": {
                "public_network_id": external_network,
                "floating_network_name": "public",
                "project_networks_reachable": "false",
                "build_timeout": "20",
            },
            "network-feature-enabled": {
                "api_extensions": ",".join(extensions),
                "ipv6": "true",
                "ipv6_subnet_attributes": "true",
                "port_security": "true" if "port-security" in extensions else "false",
            },
            "neutron_plugin_options": {
                "provider_vlans": "physnet1,physnet2",
                "provider_net_base_segm_id": "2100",
                "available_type_drivers": "flat,vlan,local",
                "create_shared_resources": "true",
                "agent_availability_zone": "nova",
                "max_networks_per_project": "4",
                "test_mtu_networks": json.dumps(
                    [{"provider:network_type": "vlan", "mtu": 1400, "cidr": "10.100.0.0/16"}]
                ),
            },
        }
    )
    written = io.StringIO()
    parser.write(written)
    return written.getvalue()
