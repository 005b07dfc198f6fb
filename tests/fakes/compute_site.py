"""The API with servers: four networks as in the scenario, an image directory, and hosts that tests play."""

import json
from pathlib import Path
from typing import Any

from fakes.api_server import REGULATIONS, ApiServer, Reply
from underlay.api.compute.service import Compute
from underlay.api.images.directory import ImageDirectory
from underlay.model.server import Flavor
from underlay.rules.snapshot import Regulations
from underlay.store.memory import MemoryStore

TINY = Flavor("m1.tiny", "m1.tiny", 1, 512, 1)
SMALL = Flavor("m1.small", "m1.small", 2, 2048, 20)
STARTED = "2013-04-01T12:00:00+00:00"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUyzDvl+OeEhi2gkdCuRXyE4dpsHdCrHFn2kCQoyQm7 rose@lab"
FINGERPRINT = "d4:d5:3a:e6:49:cc:7a:ba:00:f1:04:25:f2:7d:23:9a"
"""As `ssh-keygen -l -E md5` says it."""


class ComputeSite:
    """Attributes:
    unfit: image descriptions that could not be read.
    """

    def __init__(self, folder: Path, regulations: Regulations = REGULATIONS, workers: int = 1) -> None:
        self.folder = folder
        (folder / "vmlinuz").write_bytes(b"kernel")
        (folder / "initrd").write_bytes(b"initial ram disk")
        (folder / "cirros.json").write_text(
            json.dumps({"kernel": "vmlinuz", "initrd": "initrd", "kernel_args": "console=ttyS0"})
        )
        (folder / "debian").write_bytes(b"QFI\xfb and so on")
        (folder / "debian.json").write_text(json.dumps({"name": "debian-13", "min_ram": 1024, "min_disk": 4}))
        self.unfit: list[str] = []
        images = ImageDirectory(folder, lambda path, _: self.unfit.append(path.name))
        self.server = ApiServer(
            regulations, store=MemoryStore(), workers=workers, compute=Compute((TINY, SMALL), images)
        )
        self.networks: dict[str, str] = {}
        for vid in (100, 101, 200, 201):
            provider = {"provider:network_type": "vlan", "provider:segmentation_id": vid}
            network = self.server.made("networks", name=f"pub{vid}", shared=True, **provider)
            self.server.made(
                "subnets", network_id=network["id"], ip_version=4, cidr=f"10.10.{vid}.0/28", enable_dhcp=False
            )
            self.networks[network["id"]] = f"pub{vid}"

    def host(self, name: str = "h1", ram_mb: int = 65536) -> None:
        """A host that runs servers says that it is alive."""
        wiring = {"agent_type": "Open vSwitch agent", "binary": "underlay-agent", "topic": "N/A", "started_at": STARTED}
        wiring |= {"configurations": {"bridge_mappings": {"default": "br-eth1"}}}  # type: ignore[dict-item]
        has = {"vcpus": 8, "ram_mb": ram_mb, "disk_gb": 100, "hypervisor": "qemu", "running": 0}
        running = {**wiring, "agent_type": "Compute agent", "binary": "underlay-compute", "configurations": has}
        body = {"agents": [wiring, running]}
        assert 200 == self.server.call("PUT", f"/underlay/v1/hosts/{name}/heartbeat", body).status

    def call(self, method: str, path: str, body: object = None, token: str = "member", version: str = "") -> Reply:
        """Of the Compute API."""
        headers = {"openstack_api_version": f"compute {version}"} if version else {}
        return self.server.call(method, f"/compute/v2.1{path}", body, token, **headers)

    def read(self, path: str, token: str = "member", version: str = "") -> Any:
        """What a GET answers, as it must."""
        reply = self.call("GET", path, None, token, version)
        assert 200 == reply.status, reply.body
        return reply.json()

    def image(self, name: str = "cirros") -> str:
        """Its id."""
        (found,) = self.server.call("GET", f"/image/v2/images?name={name}", token="member").json()["images"]
        return str(found["id"])

    def wish(self, **asked: Any) -> dict[str, Any]:
        """The body that boots."""
        server = {"name": "vm1", "imageRef": self.image(), "flavorRef": "m1.tiny", "networks": "auto"}
        return {"server": server | asked}

    def boot(self, token: str = "member", version: str = "2.96", **asked: Any) -> dict[str, Any]:
        """A server, as it is shown then."""
        reply = self.call("POST", "/servers", self.wish(**asked), token, version)
        assert 202 == reply.status, reply.body
        return dict(self.read(f"/servers/{reply.json()['server']['id']}", token, version)["server"])

    def report(self, server_id: str, state: str, reason: str = "", host: str = "h1") -> str:
        """What the host is answered."""
        told = {"servers": [{"id": server_id, "state": state, "reason": reason}]}
        reply = self.server.call("POST", f"/underlay/v1/hosts/{host}/servers", told, token="host")
        assert 200 == reply.status, reply.body
        return str(reply.json()["servers"][server_id])
