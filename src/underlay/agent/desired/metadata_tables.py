"""A served network, or a port that is answered here -> the table of the metadata service (`metadata.directory`).

Pure. The same records always give the same table, byte for byte.
"""

from collections.abc import Iterator

from underlay.agent.desired.local_service import LocalPort
from underlay.agent.desired.service import Service
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.metadata.directory import Directory, Entry, PortDirectory
from underlay.model.ids import InstanceId
from underlay.model.instance import Instance
from underlay.model.port import DHCP_OWNER, Port


def directory_of(service: Service, records: Records) -> Directory:
    """Who has which address on the network."""
    return Directory(
        network_id=service.network.id,
        netns=service.namespace,
        mtu=service.network.mtu,
        subnets=service.subnets,
        entries=tuple(
            entry for port in service.ports if port.device_owner != DHCP_OWNER for entry in _entries(port, records)
        ),
    )


def port_directory(one: LocalPort, records: Records, site: Site) -> PortDirectory:
    """Who is at the port: its own entries first, then those of the instance's other ports of the network here."""
    others = sorted(
        (
            port
            for port in records.ports.values()
            if (port.network_id, port.device_id, port.project_id)
            == (one.network.id, one.port.device_id, one.port.project_id)
            and port.binding.host == site.host
            and port.id != one.port.id
            and port.device_id
        ),
        key=lambda port: port.id,
    )
    return PortDirectory(
        port_id=one.port.id,
        number=one.number,
        directory=Directory(
            network_id=one.network.id,
            netns=site.local_namespace,
            mtu=one.network.mtu,
            subnets=one.subnets,
            entries=tuple(entry for port in (one.port, *others) for entry in _entries(port, records)),
        ),
    )


def _entries(port: Port, records: Records) -> Iterator[Entry]:
    for fixed in port.fixed_ips:
        yield Entry(
            address=fixed.ip_address,
            subnet_id=fixed.subnet_id,
            port_id=port.id,
            mac=port.mac_address,
            project_id=port.project_id,
            device_id=InstanceId(port.device_id),
            instance=_instance(port, records),
        )


def _instance(port: Port, records: Records) -> Instance | None:
    """Only of the port's own project: clients choose ids, and another's record must not reach the machine."""
    instance = records.instances.get(InstanceId(port.device_id))
    return instance if instance is not None and instance.project_id == port.project_id else None
