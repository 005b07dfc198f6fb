"""Which DHCP agents serve which networks: `/agents/{id}/dhcp-networks` and `/networks/{id}/dhcp-agents`."""

from underlay.api import values
from underlay.api.attributes.agent import AGENT
from underlay.api.attributes.network import NETWORK
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute, viewpoint
from underlay.api.parse import parse_json
from underlay.api.query import read_fields
from underlay.api.render import renderer
from underlay.commands.agent import AddNetworkToDhcpAgent, RemoveNetworkFromDhcpAgent
from underlay.model.agent import Agent
from underlay.model.errors import HTTPBadRequest, NetworkNotFound
from underlay.model.ids import AgentId, NetworkId
from underlay.model.network import Network
from underlay.rules import access
from underlay.rules.agent import permitted
from underlay.store.contract import Query


def list_networks_of_agent(service: Service, ask: Ask) -> Answer:
    """`GET /agents/{id}/dhcp-networks`."""
    fields = read_fields(ask.query)
    with service.store.read() as reading:
        agent = permitted(AgentId(ask.path["id"]), "get_dhcp-networks", reading, ask.caller)
        view = viewpoint(service, ask.caller, reading)
        ids = tuple(binding.network_id for binding in reading.dhcp_bindings_on(agent.id))
        served = reading.list_records(Network, Query(filters={"id": ids}))
        return answer({"networks": list(map(renderer(NETWORK, view, fields), served))})


def list_agents_of_network(service: Service, ask: Ask) -> Answer:
    """`GET /networks/{id}/dhcp-agents`."""
    access.require_ever(ask.caller, "get_dhcp-agents")
    network_id = NetworkId(ask.path["id"])
    fields = read_fields(ask.query)
    with service.store.read() as reading:
        network = reading.network(network_id)
        if network is None:
            raise NetworkNotFound(network_id)
        access.require(ask.caller, "get_dhcp-agents", network, reading)
        view = viewpoint(service, ask.caller, reading)
        ids = tuple(binding.agent_id for binding in reading.dhcp_bindings_of(network_id))
        serving = reading.list_records(Agent, Query(filters={"id": ids}))
        return answer({"agents": list(map(renderer(AGENT, view, fields), serving))})


def add_network_to_agent(service: Service, ask: Ask) -> Answer:
    """`POST /agents/{id}/dhcp-networks` with `{"network_id": ID}`."""
    body = parse_json(ask.body)
    if "network_id" not in body:
        raise HTTPBadRequest("Failed to parse request. Required attribute 'network_id' not specified")
    try:
        network_id = NetworkId(values.uuid(body["network_id"]))
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for network_id. Reason: {unfit}.") from None
    execute(service, ask.caller, (AddNetworkToDhcpAgent(AgentId(ask.path["id"]), network_id),))
    return answer(None, 201)


def remove_network_from_agent(service: Service, ask: Ask) -> Answer:
    """`DELETE /agents/{id}/dhcp-networks/{network_id}`. A body is passed over: openstacksdk sends one."""
    command = RemoveNetworkFromDhcpAgent(AgentId(ask.path["id"]), NetworkId(ask.path["network_id"]))
    execute(service, ask.caller, (command,))
    return Answer(status=204)
