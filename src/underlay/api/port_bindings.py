"""Bindings of a port to hosts: `/ports/{port_id}/bindings`, one by its host, which is active. For administrators."""

from underlay.api.attributes.port_binding import PORT_BINDING
from underlay.api.calls import refuse_body
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute, execute_and_render, viewpoint
from underlay.api.inside import list_inside, show_inside
from underlay.api.parse import read_update
from underlay.commands.port_binding import ActivatePortBinding, DeletePortBinding, UpdatePortBinding
from underlay.model.ids import HostName, PortId
from underlay.model.port_binding import bindings_of
from underlay.rules import port_binding


def list_bindings(service: Service, ask: Ask) -> Answer:
    """`GET /ports/{port_id}/bindings`."""
    with service.store.read() as reading:
        port = port_binding.movable(PortId(ask.path["port_id"]), "get_port_binding", reading, ask.caller)
        return list_inside(PORT_BINDING, ask, bindings_of(port), viewpoint(service, ask.caller, reading))


def show_binding(service: Service, ask: Ask) -> Answer:
    """`GET /ports/{port_id}/bindings/{host}`."""
    with service.store.read() as reading:
        port = port_binding.movable(PortId(ask.path["port_id"]), "get_port_binding", reading, ask.caller)
        binding = port_binding.find(port, HostName(ask.path["host"]))
        return show_inside(PORT_BINDING, ask, binding, viewpoint(service, ask.caller, reading))


def update_binding(service: Service, ask: Ask) -> Answer:
    """`PUT /ports/{port_id}/bindings/{host}`."""
    sent = dict(read_update(PORT_BINDING, ask.body, ask.caller))
    if "host" in sent:
        sent["new_host"] = sent.pop("host")
    command = UpdatePortBinding(PortId(ask.path["port_id"]), HostName(ask.path["host"]), **sent)
    return answer({"binding": execute_and_render(service, PORT_BINDING, ask.caller, (command,))[0]})


def delete_binding(service: Service, ask: Ask) -> Answer:
    """`DELETE /ports/{port_id}/bindings/{host}`."""
    refuse_body(ask)
    execute(service, ask.caller, (DeletePortBinding(PortId(ask.path["port_id"]), HostName(ask.path["host"])),))
    return Answer(status=204)


def activate_binding(service: Service, ask: Ask) -> Answer:
    """`PUT /ports/{port_id}/bindings/{host}/activate`; the answer is the binding without its name around it."""
    command = ActivatePortBinding(PortId(ask.path["port_id"]), HostName(ask.path["host"]))
    return answer(execute_and_render(service, PORT_BINDING, ask.caller, (command,))[0])
