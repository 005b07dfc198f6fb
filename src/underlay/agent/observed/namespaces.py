"""The namespaces of this host's agent and the links in them, as the kernel has them now. Reads only."""

from ipaddress import ip_interface
from typing import Final

from underlay.agent.observed.ownership import INNER_PREFIX, may_be_our_namespace, namespace_alias, outer_of
from underlay.agent.state.host import Link
from underlay.agent.state.site import Site
from underlay.dataplane import links, netns

_OUR_LINK_LOCAL: Final = "fe80::a9fe:a9fe/64"


class NamespaceView:
    """What is in our namespaces. One that was read is read again only when told that something happened to it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._read: dict[str, dict[str, Link] | None] = {}

    def forget(self, name: str) -> None:
        """Something was done to the namespace."""
        self._read.pop(name, None)

    def forget_all(self) -> None:
        """Anything may have happened."""
        self._read.clear()

    def observe(self) -> dict[str, dict[str, Link]]:
        """Our namespaces with their links, by name."""
        there = [name for name in netns.names() if may_be_our_namespace(name, self._site.local_namespace)]
        self._read = {name: self._read[name] if name in self._read else self._look(name) for name in there}
        return {name: found for name, found in self._read.items() if found is not None}

    def _look(self, name: str) -> dict[str, Link] | None:
        """The links of one namespace; None when it is not ours."""
        try:
            with netns.inside(name):
                facts = links.read_links()
        except OSError:
            return None
        loopback = facts.get("lo")
        if loopback is None or loopback.alias != namespace_alias(self._site.host):
            return None
        return {link.name: _link(link) for link in facts.values() if link.name.startswith(INNER_PREFIX)}


def _link(facts: links.LinkFacts) -> Link:
    outer = outer_of(facts.name)
    whole = facts.up and links.exists(outer)
    return Link(
        peer=outer if whole else "",
        mac=facts.mac,
        mtu=facts.mtu,
        addresses=frozenset(address for address in facts.addresses if not _is_kernels_own(address)),
        gateway=facts.gateway,
        routes=facts.routes,
        neighbours=facts.neighbours,
    )


def _is_kernels_own(address: str) -> bool:
    return ip_interface(address).ip.is_link_local and ":" in address and address != _OUR_LINK_LOCAL
