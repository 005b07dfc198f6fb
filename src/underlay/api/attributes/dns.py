"""The attributes of DNS: `dns_name`, `dns_domain`, `dns_assignment`; extensions dns-integration, dns-domain-ports.

Names are told to machines by DHCP; no DNS service is told anything.
"""

import re
from typing import Any, Final

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, View
from underlay.api.schema import Schema
from underlay.model.errors import InvalidInput
from underlay.model.port import Port

_LONGEST: Final = 255
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@values.reads(Schema(type="string", max_length=_LONGEST))
def read_name(value: Any) -> str:
    """A host's name, or a full one with a full stop at the end (RFC 1123, 2.1); in lower case."""
    if not isinstance(value, str):
        raise InvalidInput(f"Input value {values.shown(value)} must be string type")
    name = value.lower()
    reason = _reason_against(name.removesuffix(".")) if name else None
    if reason is not None:
        raise ValueError(f"'{values.shown(name)}' not a valid PQDN or FQDN. Reason: {reason}")
    return name


@values.reads(Schema(type="string", max_length=_LONGEST))
def read_domain(value: Any) -> str:
    """A full domain, with a full stop at the end, short enough for a name before it; in lower case. Or nothing."""
    domain = read_name(value)
    if domain and not domain.endswith("."):
        raise ValueError(f"'{values.shown(domain)}' is not a FQDN")
    if len(domain) > _LONGEST - 2:
        raise ValueError(
            f"'{values.shown(domain)}' contains {len(domain)} characters. Adding a sub-domain will cause it to exceed "
            f"the maximum length of a FQDN of '{_LONGEST}'"
        )
    return domain


def domain(description: str) -> Attribute:
    """`dns_domain`."""
    return Attribute(
        "dns_domain",
        description,
        show=lambda record, _: record.dns_domain,
        post=read_domain,
        put=read_domain,
        filter=standard.text,
        sort=True,
    )


def of_port() -> tuple[Attribute, ...]:
    """`dns_name`, `dns_domain`, `dns_assignment`."""
    return (
        Attribute(
            "dns_name",
            "Its host name, told to the machine by DHCP; made of the address when not sent.",
            show=lambda record, _: record.dns_name,
            post=read_name,
            put=read_name,
            filter=standard.text,
            sort=True,
        ),
        domain("Its DNS domain, kept for who asks; DHCP tells names of the server's `dns_domain`."),
        Attribute(
            "dns_assignment",
            "The name of each address: a list of `{ip_address, hostname, fqdn}`.",
            show=_show_assignment,
            shown=schema.list_of(schema.shown(ip_address=schema.IP, hostname=schema.TEXT, fqdn=schema.TEXT)),
        ),
    )


def _show_assignment(port: Port, view: View) -> list[dict[str, str]]:
    above = view.dns_domain.rstrip(".")
    shown = []
    for fixed_ip in port.fixed_ips:
        address = str(fixed_ip.ip_address)
        hostname = port.dns_name or f"host-{address.replace('.', '-').replace(':', '-')}"
        is_full = hostname.endswith(".") or not above
        shown.append(
            {"ip_address": address, "hostname": hostname, "fqdn": hostname if is_full else f"{hostname}.{above}."}
        )
    return shown


def _reason_against(name: str) -> str | None:
    """Why it is no name; None when it is one."""
    if len(name) > _LONGEST:
        return f"'{values.shown(name)}' exceeds the {_LONGEST} character FQDN limit"
    labels = name.split(".")
    for label in labels:
        if not label:
            return "Encountered an empty component"
        if label.startswith("-") or label.endswith("-"):
            return f"Name '{values.shown(label)}' must not start or end with a hyphen"
        if not _LABEL.fullmatch(label):
            return (
                f"Name '{values.shown(label)}' must be 1-63 characters long, each of which can only be alphanumeric or "
                "a hyphen"
            )
    if len(labels) > 1 and labels[-1].isdigit():
        return f"TLD '{labels[-1]}' must not be all numeric"
    return None
