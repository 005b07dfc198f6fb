"""How full networks are: read from counters that the store keeps, so that it costs the same with few and many ports."""

from collections.abc import Collection, Iterable
from typing import Final

from msgspec import structs

from underlay.api.attributes.availability import AVAILABILITY, NetworkAvailability, SubnetAvailability
from underlay.api.exchange import Answer, Ask, Reading, Service, answer
from underlay.api.execute import viewpoint
from underlay.api.query import Wanted, finish, links, read_fields, read_query
from underlay.api.render import render
from underlay.model.errors import NetworkNotFound
from underlay.model.ids import NetworkId, SubnetId
from underlay.model.network import Network
from underlay.model.subnet import InUse, Subnet
from underlay.rules import access
from underlay.store.contract import Query

_RULE: Final = "get_network_ip_availability"
_STORED_AS: Final = {"network_id": "id", "network_name": "name"}


def list_availabilities(service: Service, ask: Ask) -> Answer:
    """`GET /network-ip-availabilities`: three statements, whatever they return."""
    wanted = read_query(AVAILABILITY, ask.query, ask.caller, service.pagination_max_limit)
    if not access.may_always(ask.caller, _RULE):
        return answer({AVAILABILITY.collection: []})
    versions = [value for row, values in wanted.filters if row.name == "ip_version" for value in values]
    by_store = {_STORED_AS[row.name]: values for row, values in wanted.filters if row.name in _STORED_AS}
    left = tuple(each for each in wanted.filters if each[0].name not in {"ip_version", *_STORED_AS})
    wanted = structs.replace(wanted, filters=left, cut_here=wanted.limit is not None)
    with service.store.read() as reading:
        query = Query(filters={**wanted.stored.filters, **by_store}, sort=wanted.stored.sort)
        found = _measured(reading.list_records(Network, query), reading, versions)
        view = viewpoint(service, ask.caller, reading)
        page = finish(wanted, found, view)
        shown = [render(AVAILABILITY, each, view, wanted.fields) for each in page]
    page_links = _links(wanted, ask, page)
    return answer({AVAILABILITY.collection: shown, **page_links})


def show_availability(service: Service, ask: Ask) -> Answer:
    """`GET /network-ip-availabilities/{network_id}`."""
    network_id = NetworkId(ask.path["id"])
    with service.store.read() as reading:
        network = reading.network(network_id)
        if network is None or not access.may(ask.caller, _RULE, network, reading):
            raise NetworkNotFound(network_id)
        in_use = reading.addresses_in_use(network_id)
        found = _of(network, reading.subnets_of(network_id), in_use)
        view = viewpoint(service, ask.caller, reading)
        return answer({AVAILABILITY.name: render(AVAILABILITY, found, view, read_fields(ask.query))})


def _measured(networks: Collection[Network], reading: Reading, versions: Collection[int]) -> list[NetworkAvailability]:
    """The networks with their subnets of these IP versions; without any version named, all, also those of none."""
    by_network: dict[NetworkId, list[Subnet]] = {network.id: [] for network in networks}
    for subnet in reading.list_records(Subnet, Query()):
        if subnet.network_id in by_network and (not versions or subnet.ip_version in versions):
            by_network[subnet.network_id].append(subnet)
    in_use = reading.addresses_in_use()
    found = [_of(network, by_network[network.id], in_use) for network in networks]
    return [each for each in found if each.subnets or not versions]


def _of(network: Network, subnets: Iterable[Subnet], in_use: dict[SubnetId, InUse]) -> NetworkAvailability:
    counted = ((subnet, in_use.get(subnet.id, InUse())) for subnet in subnets)
    return NetworkAvailability(
        network, tuple(SubnetAvailability(subnet, use.used, use.used_in_pools) for subnet, use in counted)
    )


def _links(wanted: Wanted, ask: Ask, page: list[NetworkAvailability]) -> dict[str, list[dict[str, str]]]:
    found = links(wanted, ask.query, ask.base + ask.url_path, page)
    return {f"{AVAILABILITY.collection}_links": found} if found else {}
