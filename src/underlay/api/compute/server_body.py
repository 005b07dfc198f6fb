"""Bodies of calls on servers -> commands. What is not of Nova's form, or not to be had here, is named and refused."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from underlay.api.compute.microversion import Microversion
from underlay.api.compute.service import Compute
from underlay.commands.server import CreateServer, Nic, UpdateServer
from underlay.model.errors import FlavorNotFound, ImageNotFound, ServerInvalid
from underlay.model.ids import HostName, InstanceId, NetworkId, PortId, ProjectId

T = TypeVar("T")

Text = Annotated[str, Meta(min_length=1, max_length=255)]
Metadata = dict[Text, Annotated[str, Meta(max_length=255)]]

_AUTO_SINCE: Final = Microversion(2, 37)
_HOST_SINCE: Final = Microversion(2, 74)
_NO_VOLUMES: Final = (
    "Block Device Mapping is Invalid: there are no volumes here; a server boots from its image, on a disk of its own"
)
_LONGEST_METADATA: Final = 128


class _NicWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    uuid: str | None = None
    port: str | None = None
    fixed_ip: str | None = None
    tag: str | None = None


class _GroupWish(msgspec.Struct, frozen=True):
    name: Text


class _Device(msgspec.Struct, frozen=True):
    source_type: str = ""
    destination_type: str = ""
    uuid: str | None = None
    boot_index: int | str | None = None


class _ServerWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"disk_config": "OS-DCF:diskConfig"}):
    """As Nova's schema has it; what is read and kept for nothing is named `ignored` in docs/compute.md."""

    name: Text
    flavorRef: str | int  # noqa: N815 - the API's name
    imageRef: str = ""  # noqa: N815 - the API's name
    networks: tuple[_NicWish, ...] | str | UnsetType = UNSET
    metadata: Metadata = {}
    key_name: str | None = None
    user_data: str | None = None
    security_groups: tuple[_GroupWish, ...] | UnsetType = UNSET
    availability_zone: str | None = None
    config_drive: bool | str | None = None
    min_count: int | str = 1
    max_count: int | str | None = None
    block_device_mapping_v2: tuple[_Device, ...] = ()
    block_device_mapping: tuple[dict[str, Any], ...] = ()
    description: Annotated[str, Meta(max_length=255)] | None = None
    host: str | None = None
    hypervisor_hostname: str | None = None
    hostname: str | None = None
    tags: tuple[str, ...] = ()
    trusted_image_certificates: tuple[str, ...] | None = None
    personality: tuple[dict[str, Any], ...] = ()
    disk_config: str = "MANUAL"
    adminPass: str | None = None  # noqa: N815 - the API's name
    accessIPv4: str | None = None  # noqa: N815 - the API's name
    accessIPv6: str | None = None  # noqa: N815 - the API's name
    return_reservation_id: bool | str = False


class _CreateBody(msgspec.Struct, frozen=True):
    server: _ServerWish


class _UpdateWish(msgspec.Struct, frozen=True):
    name: Text | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=255)] | None | UnsetType = UNSET


class _UpdateBody(msgspec.Struct, frozen=True):
    server: _UpdateWish


class _MetadataBody(msgspec.Struct, frozen=True):
    metadata: Metadata


class Boot(msgspec.Struct, frozen=True):
    """One command for each server: as many as `most`, or if there is no room for these, as many as `least`."""

    commands: tuple[CreateServer, ...]
    least: int


def read_create(body: bytes, project_id: ProjectId, compute: Compute, version: Microversion) -> Boot:
    """`POST /servers`. Raises ServerInvalid."""
    wish = read(body, _CreateBody).server
    _refuse_what_is_not_here(wish)
    least, most = _count("min_count", wish.min_count), _count("max_count", wish.max_count or wish.min_count)
    if least > most:
        raise ServerInvalid("min_count must be <= max_count")
    zone, host = _zone(wish, version)
    image_id = _image_id(wish, compute)
    command = CreateServer(
        project_id=project_id,
        name=wish.name.strip() or wish.name,
        flavor=_flavor(wish, image_id, compute),
        image_id=image_id,
        nics=_nics(wish.networks, version),
        key_name=wish.key_name or "",
        user_data=wish.user_data or "",
        metadata=_checked(wish.metadata),
        security_groups=_groups(wish),
        availability_zone=zone,
        host=host,
        description=wish.description or "",
    )
    names = [wish.name] if most == 1 else [f"{wish.name}-{number}" for number in range(1, most + 1)]
    return Boot(tuple(msgspec.structs.replace(command, name=name) for name in names), least)


def read_update(body: bytes, server_id: str) -> UpdateServer:
    """`PUT /servers/{id}`. Raises ServerInvalid."""
    wish = read(body, _UpdateBody).server
    description = (wish.description or "") if wish.description is not UNSET else UNSET
    return UpdateServer(InstanceId(server_id), name=wish.name, description=description)


def read_metadata(body: bytes) -> dict[str, str]:
    """`POST` and `PUT /servers/{id}/metadata`. Raises ServerInvalid."""
    return _checked(read(body, _MetadataBody).metadata)


def read(body: bytes, expected: type[T]) -> T:
    """The body as such a value. Raises ServerInvalid."""
    try:
        return msgspec.json.decode(body, type=expected)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as unfit:
        raise ServerInvalid(f"Invalid input: {unfit}") from None


def is_uuid(text: str) -> bool:
    """Whether it has the form of an id."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _refuse_what_is_not_here(wish: _ServerWish) -> None:
    if wish.block_device_mapping or any(_is_volume(each, wish.imageRef) for each in wish.block_device_mapping_v2):
        raise ServerInvalid(_NO_VOLUMES)
    if wish.config_drive not in (None, False, "", "false", "False"):
        raise ServerInvalid("There are no config drives here; guests read what they would say from 169.254.169.254")
    if wish.personality:
        raise ServerInvalid("There is no file injection here; user_data can write files")
    if wish.trusted_image_certificates:
        raise ServerInvalid("Images have no signatures here that certificates could be checked against")


def _is_volume(device: _Device, image_id: str) -> bool:
    is_image = device.source_type == "image" and device.destination_type == "local"
    return not (is_image and device.uuid == image_id and device.boot_index in (0, "0"))


def _count(name: str, sent: int | str) -> int:
    text = str(sent)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 1000):
        raise ServerInvalid(f"Invalid input for field/attribute {name}. Value: {text[:40]}. It is a number from 1")
    return int(text)


def _zone(wish: _ServerWish, version: Microversion) -> tuple[str | None, HostName | None]:
    """The zone and the host of `zone:host`, or of `host` and `hypervisor_hostname`."""
    zone, _, rest = (wish.availability_zone or "").partition(":")
    host = rest.partition(":")[0]
    named = {each for each in (host, wish.host, wish.hypervisor_hostname) if each}
    if (wish.host or wish.hypervisor_hostname) and version < _HOST_SINCE:
        raise ServerInvalid(f"host and hypervisor_hostname are there from version {_HOST_SINCE} on")
    if len(named) > 1:
        raise ServerInvalid(f"One host is to be named, not {' and '.join(sorted(named))}")
    return zone or None, HostName(named.pop()) if named else None


def _image_id(wish: _ServerWish, compute: Compute) -> str:
    booted = [each.uuid for each in wish.block_device_mapping_v2 if each.uuid]
    image_id = wish.imageRef.rsplit("/", 1)[-1] or (booted[0] if booted else "")
    if not image_id:
        raise ServerInvalid(_NO_VOLUMES)
    return image_id


def _flavor(wish: _ServerWish, image_id: str, compute: Compute) -> Any:
    """The flavor, which must be large enough for the image."""
    try:
        flavor = compute.flavor(str(wish.flavorRef).rsplit("/", 1)[-1])
        image = compute.images.image(image_id)
    except (FlavorNotFound, ImageNotFound) as missing:
        raise ServerInvalid(missing.message) from None
    if flavor.ram_mb < image.min_ram:
        raise ServerInvalid(f"Flavor's memory is too small for requested image: it needs {image.min_ram} MB")
    if flavor.disk_gb and flavor.disk_gb < image.min_disk:
        raise ServerInvalid(f"Flavor's disk is too small for requested image: it needs {image.min_disk} GB")
    if image.disk_format == "aki":
        raise ServerInvalid(f"Image {image.id} is a kernel: it cannot be booted by itself")
    return flavor


def _nics(sent: tuple[_NicWish, ...] | str | UnsetType, version: Microversion) -> Any:
    if sent is UNSET:
        if version >= _AUTO_SINCE:
            raise ServerInvalid("Invalid input for field/attribute server. 'networks' is a required property")
        return "auto"
    if isinstance(sent, str):
        if version < _AUTO_SINCE or sent not in ("auto", "none"):
            raise ServerInvalid(f"Invalid input for field/attribute networks. Value: {sent[:80]}")
        return "auto" if sent == "auto" else ()
    return tuple(_nic(each) for each in sent) or "auto"


def _nic(sent: _NicWish) -> Nic:
    if sent.port:
        if sent.fixed_ip:
            raise ServerInvalid("Specified Fixed IP cannot be used with port: the port has addresses already")
        return Nic(port_id=PortId(_uuid("port", sent.port)))
    if not sent.uuid:
        raise ServerInvalid("Bad networks format: network uuid is missing")
    try:
        address = ip_address(sent.fixed_ip) if sent.fixed_ip else None
    except ValueError:
        raise ServerInvalid(f"Invalid fixed IP address ({sent.fixed_ip})") from None
    return Nic(network_id=NetworkId(_uuid("uuid", sent.uuid)), fixed_ip=address)


def _uuid(name: str, text: str) -> str:
    if not is_uuid(text):
        raise ServerInvalid(f"Bad networks format: {name} is not in proper format ({text[:80]})")
    return text.lower()


def _groups(wish: _ServerWish) -> tuple[str, ...] | UnsetType:
    if not wish.security_groups:
        return UNSET
    return tuple(each.name for each in wish.security_groups)


def _checked(metadata: Mapping[str, str]) -> dict[str, str]:
    if len(metadata) > _LONGEST_METADATA:
        raise ServerInvalid(f"Maximum number of metadata items exceeds {_LONGEST_METADATA}")
    for key in metadata:
        if not re.fullmatch(r"[a-zA-Z0-9-_:. ]+", key):
            raise ServerInvalid(f"Invalid input for field/attribute metadata: key '{key}'")
    return dict(metadata)
