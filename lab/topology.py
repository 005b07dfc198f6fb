"""What the lab consists of, as data: VLANs, hosts, who is wired to what.

Taken from the reference scenario: four VLANs, each with a physical gateway at .1; hosts with eth0 (management) and
eth1 (trunk with the four tags). The management network is TEST-NET-1 (RFC 5737): it exists only inside the lab.
Nothing here does anything.
"""

import os
from pathlib import Path
from typing import Final, Literal

import msgspec

SWITCH: Final = "sw"
CONTROLLER: Final = "controller"
NETWORK_HOST: Final = "net1"
COMPUTE_HOSTS: Final = ("cmp1", "cmp2")

Role = Literal["controller", "network", "compute"]


class Vlan(msgspec.Struct, frozen=True):
    """One VLAN of the data centre, with the physical gateway at .1 of its subnet."""

    vid: int
    prefix: str

    @property
    def cidr(self) -> str:
        """The VLAN's subnet."""
        return f"{self.prefix}.0/24"

    @property
    def gateway(self) -> str:
        """The physical router's address."""
        return f"{self.prefix}.1"

    @property
    def gateway_mac(self) -> str:
        """The physical router's MAC."""
        return f"02:ff:00:00:00:{self.vid:02x}"

    @property
    def router(self) -> str:
        """Name of the gateway's namespace, inside the switch's container."""
        return f"gw{self.vid}"


class Host(msgspec.Struct, frozen=True):
    """One machine of the data centre.

    Attributes:
    address: on the management network, without prefix length.
    """

    name: str
    role: Role
    address: str

    @property
    def trunked(self) -> bool:
        """Whether eth1, the trunk, is wired."""
        return self.role != "controller"


VLANS: Final = tuple(Vlan(vid, f"10.10.{vid}") for vid in (100, 101, 200, 201))
MANAGEMENT_PREFIX_LENGTH: Final = 24
HOSTS: Final = (
    Host(CONTROLLER, "controller", "192.0.2.10"),
    Host(NETWORK_HOST, "network", "192.0.2.11"),
    Host(COMPUTE_HOSTS[0], "compute", "192.0.2.21"),
    Host(COMPUTE_HOSTS[1], "compute", "192.0.2.22"),
)
SERVER_URL: Final = f"http://{HOSTS[0].address}:9696"
CONTAINERS: Final = (SWITCH, *(host.name for host in HOSTS))


class Lab(msgspec.Struct, frozen=True):
    """One lab. Two labs of different name share nothing and may run side by side.

    Attributes:
    root: the checkout; programs are taken from its `.venv`.
    """

    name: str
    root: Path

    @property
    def state(self) -> Path:
        """What the lab keeps on disk: a folder a container."""
        return self.root / ".state" / "lab" / self.name

    def folder(self, container: str) -> Path:
        """What one container keeps on disk: its configuration, databases and logs."""
        return self.state / container


def lab_here() -> Lab:
    """The lab of this checkout, named by `UNDERLAY_LAB` (default: ul)."""
    return Lab(os.environ.get("UNDERLAY_LAB", "ul"), Path(__file__).resolve().parent.parent)


def host_named(name: str) -> Host:
    """The host of that name; raises KeyError when there is none."""
    for host in HOSTS:
        if host.name == name:
            return host
    raise KeyError(name)
