"""Subports of trunks: `/trunks/{id}/add_subports`, `remove_subports`, `get_subports`; and a port's `trunk_details`."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from underlay.api import unenforced
from underlay.api.attributes.trunk import TRUNK, read_sub_ports, show_sub_ports
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute_and_render
from underlay.api.parse import parse_json
from underlay.commands.trunk import AddSubPorts, RemoveSubPorts
from underlay.model.errors import HTTPBadRequest, InvalidInput
from underlay.rules import access, trunk

T = TypeVar("T")


def add_sub_ports(service: Service, ask: Ask) -> Answer:
    """`PUT /trunks/{id}/add_subports` with `{"sub_ports": [...]}`; the answer is the trunk, bare."""
    command = AddSubPorts(ask.path["id"], _sent(ask, read_sub_ports))
    headers = unenforced.warnings((TRUNK.unenforced,), service.regulations)
    return answer(execute_and_render(service, TRUNK, ask.caller, (command,))[0], headers=headers)


def remove_sub_ports(service: Service, ask: Ask) -> Answer:
    """`PUT /trunks/{id}/remove_subports` with `{"sub_ports": [{"port_id": ID}, ...]}`."""
    port_ids = tuple(wish.port_id for wish in _sent(ask, read_sub_ports))
    command = RemoveSubPorts(ask.path["id"], port_ids)
    return answer(execute_and_render(service, TRUNK, ask.caller, (command,))[0])


def list_sub_ports(service: Service, ask: Ask) -> Answer:
    """`GET /trunks/{id}/get_subports`."""
    with service.store.read() as reading:
        found = trunk.visible(ask.path["id"], reading, ask.caller)
        access.require(ask.caller, "get_subports", found, reading)
        return answer({"sub_ports": show_sub_ports(found)})


def _sent(ask: Ask, reader: Callable[[Any], T]) -> T:
    body: Mapping[str, Any] = parse_json(ask.body)
    if set(body) != {"sub_ports"}:
        raise HTTPBadRequest("Unable to find 'sub_ports', and nothing else, in request body")
    try:
        return reader(body["sub_ports"])
    except ValueError as unfit:
        raise InvalidInput(str(unfit)) from None
