"""A served network -> the table of the metadata service (`metadata.directory.Directory`).

Pure. The same records always give the same table, byte for byte.
"""

from underlay.agent.desired.service import Service
from underlay.agent.state.records import Records
from underlay.metadata.directory import Directory, Entry
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
            Entry(
                address=fixed.ip_address,
                subnet_id=fixed.subnet_id,
                port_id=port.id,
                mac=port.mac_address,
                project_id=port.project_id,
                device_id=InstanceId(port.device_id),
                instance=_instance(port, records),
            )
            for port in service.ports
            if port.device_owner != DHCP_OWNER
            for fixed in port.fixed_ips
        ),
    )


def _instance(port: Port, records: Records) -> Instance | None:
    """Only of the port's own project: clients choose ids, and another's record must not reach the machine."""
    instance = records.instances.get(InstanceId(port.device_id))
    return instance if instance is not None and instance.project_id == port.project_id else None
