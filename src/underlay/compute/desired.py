"""Records -> the guests that this host is to have. Pure."""

from underlay.agent.state.records import Records
from underlay.compute.guest import Guest, Nic
from underlay.model.ids import HostName, InstanceId, PortId
from underlay.model.server import Server


def desired(records: Records, host: HostName) -> dict[InstanceId, Guest]:
    """Guests by id. One whose ports have not all been told yet is not whole."""
    return {server.id: _guest(server, records) for server in records.servers.values() if server.host == host}


def _guest(server: Server, records: Records) -> Guest:
    nics = tuple(nic for port_id in server.port_ids if (nic := _nic(port_id, records)) is not None)
    return Guest(
        id=server.id,
        name=server.name,
        vcpus=server.flavor.vcpus,
        ram_mb=server.flavor.ram_mb,
        disk_gb=server.flavor.disk_gb,
        image_id=server.image_id,
        nics=nics,
        is_whole=len(nics) == len(server.port_ids),
        wanted=server.wanted,
        reboots=server.reboots,
        status=server.status,
    )


def _nic(port_id: PortId, records: Records) -> Nic | None:
    port = records.ports.get(port_id)
    network = None if port is None else records.networks.get(port.network_id)
    return None if port is None or network is None else Nic(port.id, port.mac_address, network.mtu)
