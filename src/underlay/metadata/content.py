"""The two trees that a guest reads: EC2's at `/<date>/meta-data/...` and OpenStack's at `/openstack/<date>/...`.

Goes in: a path and what is known of the caller. Comes out: bytes with their type, or None for 404. Paths, names and
forms are Nova's (nova/api/metadata/base.py; EC2 instance metadata, "Instance metadata categories").
"""

import base64
from collections.abc import Callable
from typing import Final

import msgspec

from underlay.metadata.described import Described
from underlay.metadata.network_data import network_data

EC2_VERSIONS: Final = (
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
)
OPENSTACK_VERSIONS: Final = (
    "2012-08-10",
    "2013-04-04",
    "2013-10-17",
    "2015-10-15",
    "2016-06-30",
    "2016-10-06",
    "2017-02-22",
    "2018-08-27",
    "2020-10-14",
)
LATEST: Final = "latest"
RANDOM_SEED_BYTES: Final = 512
"""How much randomness `meta_data.json` carries, as Nova's does; for guests that have none of their own at boot."""

_TEXT: Final = "text/plain; charset=utf-8"
_JSON: Final = "application/json"
_OCTETS: Final = "application/octet-stream"
_UNKNOWN_IMAGE: Final = "ami-00000000"

Tree = dict[str, "str | bytes | Tree"]
RandomSeed = Callable[[], bytes]


class Content(msgspec.Struct, frozen=True):
    """A 200 answer."""

    body: bytes
    content_type: str = _TEXT


def content(path: str, instance: Described, random_seed: RandomSeed) -> Content | None:
    """What is at the path; None when nothing is.

    Args:
    path: decoded, without query. Repeated and final slashes do not matter.
    random_seed: RANDOM_SEED_BYTES random bytes; called only for what carries them.
    """
    parts = [part for part in path.split("/") if part]
    match parts:
        case []:
            return _listing((*EC2_VERSIONS, LATEST))
        case ["openstack"]:
            return _listing((*OPENSTACK_VERSIONS, LATEST))
        case ["openstack", version, *rest]:
            return _openstack(version, rest, instance, random_seed)
        case [version, *rest]:
            return _ec2(version, rest, instance)
        case _:
            return None


def _listing(names: tuple[str, ...]) -> Content:
    return Content("\n".join(names).encode())


def _openstack(version: str, rest: list[str], instance: Described, random_seed: RandomSeed) -> Content | None:
    version = OPENSTACK_VERSIONS[-1] if version == LATEST else version
    if version not in OPENSTACK_VERSIONS:
        return None
    names = ["meta_data.json"]
    if instance.user_data is not None:
        names.append("user_data")
    names += [name for name, since in _OPENSTACK_SINCE if version >= since]
    if not rest:
        return _listing(tuple(names))
    if len(rest) > 1 or rest[0] not in names:
        return None
    match rest[0]:
        case "meta_data.json":
            return _json(_meta_data(version, instance, random_seed))
        case "user_data":
            return Content(instance.user_data or b"", _OCTETS)
        case "network_data.json":
            return _json(network_data(instance))
        case _:
            return _json({})


_OPENSTACK_SINCE: Final = (
    ("vendor_data.json", "2013-10-17"),
    ("network_data.json", "2015-10-15"),
    ("vendor_data2.json", "2016-10-06"),
)


def _json(value: object) -> Content:
    return Content(msgspec.json.encode(value), _JSON)


def _meta_data(version: str, instance: Described, random_seed: RandomSeed) -> dict[str, object]:
    found: dict[str, object] = {
        "uuid": instance.instance_id,
        "hostname": instance.hostname,
        "name": instance.name,
        "launch_index": 0,
        "availability_zone": instance.availability_zone,
    }
    if instance.meta:
        found["meta"] = instance.meta
    if instance.public_keys:
        found["public_keys"] = instance.public_keys
    if version >= "2013-04-04":
        found["random_seed"] = base64.b64encode(random_seed()).decode()
    if version >= "2013-10-17" and instance.public_keys:
        found["keys"] = [{"name": name, "type": "ssh", "data": key} for name, key in instance.public_keys.items()]
    if version >= "2015-10-15":
        found["project_id"] = instance.project_id
    if version >= "2016-06-30":
        found["devices"] = []
    if version >= "2020-10-14":
        found["dedicated_cpus"] = []
    return found


def _ec2(version: str, rest: list[str], instance: Described) -> Content | None:
    version = EC2_VERSIONS[-1] if version == LATEST else version
    if version not in EC2_VERSIONS:
        return None
    found: str | bytes | Tree = _ec2_tree(version, instance)
    for part in rest:
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    match found:
        case bytes():
            return Content(found, _OCTETS)
        case str():
            return Content(found.encode())
        case _:
            return _listing(tuple(_listed(name, found[name]) for name in sorted(found) if name != _KEY_NAME))


def _listed(name: str, value: "str | bytes | Tree") -> str:
    """A branch ends in a slash, but a key is listed as `0=its name` (EC2)."""
    if not isinstance(value, dict):
        return name
    key_name = value.get(_KEY_NAME)
    return f"{name}={key_name}" if isinstance(key_name, str) else f"{name}/"


_KEY_NAME: Final = ""
"""Where a public key's branch keeps the key's name: no path leads there, as empty path parts are dropped."""


def _ec2_tree(version: str, instance: Described) -> Tree:
    local = next((entry.address for entry in instance.entries if entry.address.version == 4), None)
    found: Tree = {
        "ami-id": _UNKNOWN_IMAGE,
        "ami-launch-index": "0",
        "instance-id": instance.instance_id,
        "hostname": instance.hostname,
        "local-ipv4": str(local) if local else "",
        "mac": str(instance.entries[0].mac),
        "reservation-id": f"r-{instance.instance_id[:8]}",
    }
    keys: Tree = {
        str(index): {_KEY_NAME: name, "openssh-key": key}
        for index, (name, key) in enumerate(instance.public_keys.items())
    }
    if keys:
        found["public-keys"] = keys
    if version >= "2007-01-19":
        found |= {"local-hostname": instance.hostname, "public-hostname": instance.hostname, "public-ipv4": ""}
    if version >= "2008-02-01":
        found["placement"] = {"availability-zone": instance.availability_zone}
    if version >= "2008-09-01":
        found["instance-action"] = "none"
    tree: Tree = {"meta-data": found}
    if instance.user_data is not None:
        tree["user-data"] = instance.user_data
    return tree
