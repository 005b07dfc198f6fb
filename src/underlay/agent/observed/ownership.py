"""How each kind of object on the host is known as ours by an agent with no memory.

| object | mark |
|---|---|
| bridge, OVS port made by us | `external_ids:owner=underlay` |
| device plugged by somebody else | none: only its tag is ours, and `other_config` says for which network |
| flow | cookie 0x756e6465........ (`state.host.COOKIE`, `COOKIE_MASK`) |
| namespace | name `qdhcp-<network id>` or as `local_namespace` says, and alias `underlay <host>` on its `lo` |
| link in it | name begins with `ns-`; its other end begins with `tap` |
| table file | it is in the pump's folder, and its name ends in `.json` |

What does not carry the mark is never changed or removed.
"""

import re
from collections.abc import Mapping
from typing import Final

from underlay.agent.state.host import COOKIE, COOKIE_MASK, NetworkMark
from underlay.model.ids import HostName, NetworkId
from underlay.wire.identity_address import HIGHEST_NUMBER

OWNER: Final = "underlay"
INNER_PREFIX: Final = "ns-"
OUTER_PREFIX: Final = "tap"
_NAMESPACE: Final = re.compile(r"qdhcp-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_ours(external_ids: Mapping[str, str]) -> bool:
    """Whether we made the bridge or OVS port."""
    return external_ids.get("owner") == OWNER


def is_our_cookie(cookie: int) -> bool:
    """Whether a flow is ours."""
    return cookie & COOKIE_MASK == COOKIE


def may_be_our_namespace(name: str, local_namespace: str) -> bool:
    """Whether the name is of the form that we give."""
    return name == local_namespace or _NAMESPACE.fullmatch(name) is not None


def namespace_alias(host: HostName) -> str:
    """The alias of `lo` in every namespace that this host's agent made."""
    return f"underlay {host}"


def outer_of(inner: str) -> str:
    """Name of the other end of a link in a namespace of ours."""
    return OUTER_PREFIX + inner.removeprefix(INNER_PREFIX)


def mark_from(other_config: Mapping[str, str]) -> NetworkMark | None:
    """The mark in a port's `other_config`; None when there is none, or an unreadable one."""
    try:
        segmentation_id = other_config.get("segmentation_id", "")
        return NetworkMark(
            network_id=NetworkId(other_config["net_uuid"]),
            network_type=other_config["network_type"],
            physical_network=_none_as_empty(other_config["physical_network"]),
            segmentation_id=int(segmentation_id) if _none_as_empty(segmentation_id) else None,
            tag=int(other_config["tag"]),
        )
    except (KeyError, ValueError):
        return None


def identity_from(other_config: Mapping[str, str]) -> int | None:
    """The identity number in a port's `other_config`; None when there is none, or an unreadable one."""
    text = other_config.get(_IDENTITY_KEY, "")
    number = int(text) if text.isascii() and text.isdecimal() else 0
    return number if 0 < number <= HIGHEST_NUMBER else None


def mark_config(mark: NetworkMark | None, identity: int | None, other_config: Mapping[str, str]) -> dict[str, str]:
    """`other_config` with this mark and number, and everything else as it was."""
    kept = {key: value for key, value in other_config.items() if key not in _MARK_KEYS}
    if identity is not None:
        kept[_IDENTITY_KEY] = str(identity)
    if mark is None:
        return kept
    return kept | {
        "net_uuid": mark.network_id,
        "network_type": mark.network_type,
        "physical_network": mark.physical_network or "None",
        "segmentation_id": "None" if mark.segmentation_id is None else str(mark.segmentation_id),
        "tag": str(mark.tag),
    }


_IDENTITY_KEY: Final = "underlay_identity"
_MARK_KEYS: Final = frozenset({"net_uuid", "network_type", "physical_network", "segmentation_id", "tag", _IDENTITY_KEY})


def _none_as_empty(text: str) -> str:
    """Neutron writes Python's `None` as text."""
    return "" if text == "None" else text
