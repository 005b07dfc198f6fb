"""Agents: `/v2.0/agents`. Only administrators see them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.commands.agent import DeleteAgent, UpdateAgent
from underlay.model.agent import Agent, AgentType
from underlay.model.errors import AgentNotFound
from underlay.model.ids import AgentId


def _same_name(name: str, description: str) -> Attribute:
    return Attribute(name, description, show=lambda record, _: getattr(record, name), filter=standard.text, sort=True)


@values.reads(schema.TEXT)
def _read_type_filter(value: Any) -> str:
    """Neutron's databases compare without regard to case, so clients ask for `DHCP Agent`."""
    return next((known for known in get_args(AgentType) if known.lower() == str(value).lower()), str(value))


def _time(name: str, description: str, moment: Callable[[Any, View], datetime]) -> Attribute:
    """In Neutron's form for agents: that of a database, where other records have ISO 8601's."""
    return Attribute(
        name,
        f"{description} Like `2013-04-01 12:00:00`.",
        show=lambda record, view: moment(record, view).strftime("%Y-%m-%d %H:%M:%S"),
        shown=schema.Schema(type="string", pattern=r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"),
        sort=True,
    )


def _update(record_id: str, _: int | None, sent: Values) -> UpdateAgent:
    return UpdateAgent(id=AgentId(record_id), **pick(sent, "admin_state_up", "description"))


def _delete(record_id: str, _: int | None) -> DeleteAgent:
    return DeleteAgent(id=AgentId(record_id))


AGENT = Resource(
    name="agent",
    collection="agents",
    kind="agent",
    record_type=Agent,
    missing=AgentNotFound,
    attributes=(
        standard.identifier("agent"),
        Attribute(
            "agent_type",
            "`Open vSwitch agent`, `DHCP agent`, `Metadata agent` or `Compute agent`; as a filter in any case.",
            show=lambda record, _: record.agent_type,
            filter=_read_type_filter,
            sort=True,
        ),
        _same_name("binary", "The program."),
        _same_name("topic", "Kept for clients that print it."),
        _same_name("host", "The host that it runs on."),
        _same_name(
            "availability_zone", "Where it is, by the host's `availability_zone`; networks may ask for some zones."
        ),
        Attribute(
            "admin_state_up",
            "Whether it may be given networks to serve.",
            show=lambda record, _: record.admin_state_up,
            put=values.boolean,
            filter=values.boolean,
            sort=True,
        ),
        Attribute(
            "alive",
            "Whether it was heard within `agent_down_time_s`.",
            show=lambda record, view: view.is_alive(record.id),
            filter=values.boolean,
            sort=True,
        ),
        _time("created_at", "When it was first heard, UTC.", lambda record, _: record.created_at),
        _time("started_at", "When its program started, UTC.", lambda record, _: record.started_at),
        _time(
            "heartbeat_timestamp",
            "When it was last heard, UTC.",
            lambda record, view: view.heartbeat(record.id),
        ),
        Attribute(
            "configurations",
            "What it says of its settings and load.",
            show=lambda record, _: record.configurations,
            shown=schema.OBJECT,
        ),
        Attribute(
            "description",
            "What the agent is for; free text of at most 255 characters.",
            show=lambda record, _: record.description,
            put=values.null_as("", values.text_up_to(standard.DESCRIPTION_LENGTH)),
            filter=standard.text,
            sort=True,
        ),
    ),
    update=_update,
    delete=_delete,
)
