"""What an attribute table is made of: one row per attribute, read by parse, query, render and docs/api.md alike."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol

import msgspec

from underlay.api.schema import Schema
from underlay.api.values import Reader
from underlay.commands.command import Command
from underlay.model.caller import Caller
from underlay.model.change import Kind
from underlay.model.errors import UnderlayError
from underlay.model.ids import HostName, NetworkId, PortId, ProjectId
from underlay.model.port import Port

Values = Mapping[str, Any]
"""Attribute name -> value as its reader returned it; only what the client sent."""


class View(Protocol):
    """What showing a record may need beside the record."""

    @property
    def caller(self) -> Caller:
        """For whom it is shown."""
        ...

    def heartbeat(self, agent_id: str) -> datetime:
        """When the agent was last heard."""
        ...

    def is_alive(self, agent_id: str) -> bool:
        """Whether that was recently enough."""
        ...

    def is_shared(self, network_id: NetworkId) -> bool:
        """Whether the network is open to all projects."""
        ...

    def vlan_projects(self, physical_network: str) -> Mapping[int, ProjectId]:
        """VLAN id -> the project of the network that is on it, ascending."""
        ...

    def zones_serving(self, network_id: NetworkId) -> Sequence[str]:
        """The availability zones of the agents that serve the network, sorted."""
        ...

    @property
    def dns_domain(self) -> str:
        """The domain of hosts, by the server's setting."""
        ...

    def address_scope_of(self, network_id: NetworkId, ip_version: int) -> str | None:
        """The address scope that the network's subnets of that version are in."""
        ...

    def is_granted(self, object_id: str) -> bool:
        """Whether the object is shared with the caller's project by name."""
        ...

    def trunk_details(self, port_id: PortId) -> dict[str, Any] | None:
        """The trunk whose parent the port is, with its subports' MACs; None for none."""
        ...

    def qos_policy_of(self, network_id: NetworkId) -> str | None:
        """The network's QoS policy."""
        ...

    def resource_request(self, port: Port) -> dict[str, Any] | None:
        """What the port's QoS policy asks of a host; None when it guarantees nothing."""
        ...

    def switch_on(self, host: HostName) -> Mapping[str, Any]:
        """What the host's Open vSwitch agent says of itself; empty when there is none."""
        ...

    def rules_of(self, group_id: str) -> Sequence[dict[str, Any]]:
        """The security group's rules as they are shown, in order of creation."""
        ...

    def default_quota(self, resource: str) -> int:
        """The limit of a project without one of its own."""
        ...

    def port(self, port: Port) -> dict[str, Any]:
        """The port as it is shown."""
        ...


class Field(msgspec.Struct, frozen=True):
    """Shows a field of the record as it is; `path` may lead into a part, as in `binding.profile`.

    As data, and no function, so that all such attributes of a record are read at once.
    """

    path: str

    def __call__(self, record: Any, _: View) -> Any:
        """The field's value."""
        return attrgetter(self.path)(record)


class Attribute(msgspec.Struct, frozen=True):
    """One attribute of one resource.

    Attributes:
    show: its JSON value for a record; None: it can be sent and is never shown.
    shown: the form of that; None: as what reads it gives it, `post`, `put` or `filter`.
    post, put: how it is read when a client creates or updates; None: a client may not send it.
    required: a create without it is refused.
    filter: how a value in a list's query is read; None: lists cannot be filtered by it.
    link: lists filter by it through the store's links of that relation; empty: not.
    match: whether a shown value fits the filter's values; None: it is one of them.
    sort: whether lists can be sorted by it.
    filter_only: lists filter by it, and nobody is shown it.
    unenforced: what hosts do not do yet of a value that says something, for a warning; empty: all is done.
    """

    name: str
    description: str
    show: Callable[[Any, View], Any] | None = None
    post: Reader[Any] | None = None
    put: Reader[Any] | None = None
    required: bool = False
    filter: Reader[Any] | None = None
    link: str = ""
    match: Callable[[Any, Collection[Any]], bool] | None = None
    sort: bool = False
    filter_only: bool = False
    unenforced: str = ""
    shown: Schema | None = None


class Parent(msgspec.Struct, frozen=True):
    """The resource under whose URL another has its own, as rules of a QoS policy.

    Attributes:
    resource: whose `/{parameter}` stands before the nested collection.
    parameter: the name of its id in the path, and in the values that `create` is given.
    relation: in which the nested records name it (`store.links`).
    """

    resource: "Resource"
    parameter: str
    relation: str


class Resource(msgspec.Struct, frozen=True):
    """One resource of the API.

    Attributes:
    path: the collection's place below `/v2.0` (below its parent's record); empty: the same word as `collection`.
    parent: nested resources only. They are seen and changed only under the right parent, if that may be seen.
    inside: kept inside the parent's record; `api.inside` answers for it.
    ruled_as: what the policy's rules call it; empty: by its name.
    listed_as_text: what shows its attributes takes records whose addresses and times are text (`store.twins`).
    unenforced: what hosts do not do yet of such a record, for a warning; empty: all is done.
    name, collection: the keys of one and of many in bodies, as in `{"network": {}}` and `{"networks": []}`.
    record_type: what the store keeps.
    missing: the error for an id that names nothing.
    create, update, delete: values sent -> command; None: the API has no such call.
    """

    name: str
    collection: str
    kind: Kind
    record_type: Any
    missing: Callable[[Any], UnderlayError]
    attributes: tuple[Attribute, ...]
    create: Callable[[ProjectId, Values], Command] | None = None
    update: Callable[[str, int | None, Values], Command] | None = None
    delete: Callable[[str, int | None], Command] | None = None
    path: str = ""
    parent: Parent | None = None
    ruled_as: str = ""
    listed_as_text: bool = False
    inside: bool = False
    unenforced: str = ""

    @property
    def url(self) -> str:
        """The collection's path below `/v2.0`, with the parent's id as a parameter."""
        own = self.path or self.collection
        return own if self.parent is None else f"{self.parent.resource.url}/{{{self.parent.parameter}}}/{own}"

    @property
    def rule(self) -> str:
        """What the policy's rules call it: `get_<rule>`, `get_<rule>:<attribute>`."""
        return self.ruled_as or self.name

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name."""
        return next((one for one in self.attributes if one.name == name), None)


def timestamp(moment: datetime | str) -> str:
    """`2013-04-01T12:00:00Z`, as the API writes times; the moment is UTC, as text it is in JSON's form."""
    if isinstance(moment, str):
        return moment[:19] + "Z"
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def pick(values: Values, *names: str) -> dict[str, Any]:
    """Those of the values that were sent and have the same name in API and command."""
    return {name: values[name] for name in names if name in values}
