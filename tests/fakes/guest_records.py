"""Servers with little said, for tests of underlay-compute."""

from fakes.records import HOST, NOW, PROJECT, uuid_of
from underlay.model.ids import InstanceId
from underlay.model.port import Port
from underlay.model.server import Flavor, Server

FLAVOR = Flavor(id="1", name="m1.tiny", vcpus=1, ram_mb=128, disk_gb=0)


def server_of(port: Port, image_id: str = "image", flavor: Flavor = FLAVOR) -> Server:
    """The server whose only port it is, on HOST."""
    return Server(
        id=InstanceId(port.device_id),
        project_id=PROJECT,
        user_id=uuid_of(6, 1),
        name="vm1",
        host=HOST,
        flavor=flavor,
        image_id=image_id,
        port_ids=(port.id,),
        own_port_ids=(port.id,),
        created_at=NOW,
        updated_at=NOW,
    )
