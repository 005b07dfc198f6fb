"""What is done to a subnet pool besides the five calls: prefixes added and removed, a network's subnets taken in."""

from underlay.api import values
from underlay.api.attributes.subnet_pool import read_prefixes
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute
from underlay.api.parse import parse_json
from underlay.commands.subnet_pool import AddPrefixes, OnboardNetworkSubnets, RemovePrefixes
from underlay.model.address import IpNetwork
from underlay.model.errors import HTTPBadRequest, InvalidInput
from underlay.model.ids import NetworkId


def add_prefixes(service: Service, ask: Ask) -> Answer:
    """`PUT /subnetpools/{id}/add_prefixes` with `{"prefixes": [...]}`: all that the pool has then."""
    return _prefixes(service, ask, AddPrefixes(ask.path["id"], _read_prefixes(ask)))


def remove_prefixes(service: Service, ask: Ask) -> Answer:
    """`PUT /subnetpools/{id}/remove_prefixes` with `{"prefixes": [...]}`: all that the pool has then."""
    return _prefixes(service, ask, RemovePrefixes(ask.path["id"], _read_prefixes(ask)))


def onboard_network_subnets(service: Service, ask: Ask) -> Answer:
    """`PUT /subnetpools/{id}/onboard_network_subnets` with `{"network_id": ...}`: the subnets taken in."""
    sent = parse_json(ask.body).get("network_id")
    if sent is None:
        raise InvalidInput("network_id must be specified.")
    try:
        network_id = NetworkId(values.uuid(sent))
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for network_id. Reason: {unfit}.") from None
    (subnets,) = execute(service, ask.caller, (OnboardNetworkSubnets(ask.path["id"], network_id),))
    return answer([{"id": subnet.id, "cidr": str(subnet.cidr)} for subnet in subnets])


def _prefixes(service: Service, ask: Ask, command: AddPrefixes | RemovePrefixes) -> Answer:
    (pool,) = execute(service, ask.caller, (command,))
    return answer({"prefixes": [str(prefix) for prefix in pool.prefixes]})


def _read_prefixes(ask: Ask) -> tuple[IpNetwork, ...]:
    sent = parse_json(ask.body)
    sent = sent.get("subnetpool", sent)
    prefixes = sent.get("prefixes") if isinstance(sent, dict) else None
    if not prefixes or not isinstance(prefixes, list):
        raise HTTPBadRequest("Request body contains invalid data")
    try:
        return read_prefixes(prefixes)
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for prefixes. Reason: {unfit}.") from None
