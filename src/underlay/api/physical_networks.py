"""What nobody wrote and all of it comes to: physical networks, availability zones, a project's network."""

from collections.abc import Sequence

from underlay.api.attributes.auto_allocated_topology import AUTO_ALLOCATED_TOPOLOGY, Topology
from underlay.api.attributes.availability_zone import AVAILABILITY_ZONE, Zone
from underlay.api.attributes.physical_network import PHYSICAL_NETWORK
from underlay.api.calls import refuse_body
from underlay.api.exchange import Answer, Ask, Reading, Service, answer
from underlay.api.execute import viewpoint
from underlay.api.inside import list_inside, show_inside
from underlay.api.query import read_fields
from underlay.api.render import render
from underlay.model.errors import AutoAllocationFailure, BadRequest, PhysicalNetworkNotFound, PolicyNotAuthorized
from underlay.model.ids import ProjectId
from underlay.model.network import DEFAULT_NETWORK, Network
from underlay.model.physical_network import PhysicalNetwork
from underlay.rules import access, physical_networks, zones
from underlay.store.contract import Query

_DRY_RUN = "dry-run"
_OWN_PROJECT = "None"
"""What clients send for the project when they were given none."""


def list_physical_networks(service: Service, ask: Ask) -> Answer:
    """`GET /physical_networks`."""
    with service.store.read() as reading:
        found = _all(service, reading, ask)
        return list_inside(PHYSICAL_NETWORK, ask, found, viewpoint(service, ask.caller, reading))


def show_physical_network(service: Service, ask: Ask) -> Answer:
    """`GET /physical_networks/{name}`."""
    name = ask.path["id"]
    with service.store.read() as reading:
        found = _all(service, reading, ask)
        for physical_network in found:
            if physical_network.name == name:
                return show_inside(PHYSICAL_NETWORK, ask, physical_network, viewpoint(service, ask.caller, reading))
    raise PhysicalNetworkNotFound(name)


def list_availability_zones(service: Service, ask: Ask) -> Answer:
    """`GET /availability_zones`."""
    with service.store.read() as reading:
        access.require_always(ask.caller, "get_availability_zone")
        found = [Zone(name, is_available) for name, is_available in zones.available(reading).items()]
        return list_inside(AVAILABILITY_ZONE, ask, found, viewpoint(service, ask.caller, reading))


def show_topology(service: Service, ask: Ask) -> Answer:
    """`GET /auto-allocated-topology/{project}`; with `fields=dry-run` only whether it would be answered."""
    project_id = _project(ask, "get_auto_allocated_topology")
    fields = read_fields(ask.query)
    if fields - {_DRY_RUN}:
        raise BadRequest("auto_allocate", "Unrecognized field")
    with service.store.read() as reading:
        network = _network_of(project_id, reading)
        shown = Topology("dry-run=pass" if fields else network.id, project_id)
        view = viewpoint(service, ask.caller, reading)
        return answer({AUTO_ALLOCATED_TOPOLOGY.name: render(AUTO_ALLOCATED_TOPOLOGY, shown, view)})


def delete_topology(_: Service, ask: Ask) -> Answer:
    """`DELETE /auto-allocated-topology/{project}`: nothing was made for it, so nothing goes."""
    refuse_body(ask)
    _project(ask, "delete_auto_allocated_topology")
    return Answer(status=204)


def _all(service: Service, reading: Reading, ask: Ask) -> Sequence[PhysicalNetwork]:
    """All physical networks, or none for who may not see them."""
    may_see = access.may_always(ask.caller, "get_physical_network")
    return physical_networks.all_of(reading, service.regulations) if may_see else ()


def _project(ask: Ask, action: str) -> ProjectId:
    asked = ask.path["id"]
    project_id = ask.caller.project_id if asked == _OWN_PROJECT else ProjectId(asked)
    if not ask.caller.policy.allows(action, ask.caller, {"project_id": project_id}):
        raise PolicyNotAuthorized((action,), ask.caller.policy.who(action))
    return project_id


def _network_of(project_id: ProjectId, reading: Reading) -> Network:
    """The project's own default, else the default network if it may use that, else its oldest.

    Raises AutoAllocationFailure.
    """
    own = reading.list_records(Network, Query(filters={"project_id": (project_id,)}))
    chosen = next((network for network in own if network.project_default), None)
    if chosen is not None:
        return chosen
    default = reading.with_unique_key(Network, DEFAULT_NETWORK)
    if default is not None:
        found = reading.list_records(Network, Query(filters={"id": (default.id,)}, visible_to=project_id))
        if found and not (default.external and not default.shared and default.project_id != project_id):
            return default
    if not own:
        raise AutoAllocationFailure("No default router:external network, and the project has no network of its own")
    return own[0]
