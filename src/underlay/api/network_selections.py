"""A port on whichever network fits best: chosen and made in one transaction."""

from underlay.api import unenforced
from underlay.api.attributes.network_selection import NETWORK_SELECTION, PLACELESS_PORT, new_selection
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute_and_render
from underlay.api.parse import only, parse_json, read_create


def select_network(service: Service, ask: Ask) -> Answer:
    """`POST /network-selections`."""
    project_id, sent = read_create(NETWORK_SELECTION, only(NETWORK_SELECTION, parse_json(ask.body)), ask.caller)
    described = sent.get("port", {})
    _, port = read_create(PLACELESS_PORT, described, ask.caller)
    warnings = unenforced.warnings(unenforced.at_creation(PLACELESS_PORT, described), service.regulations)
    command = new_selection(project_id, {**sent, "port": port})
    shown = execute_and_render(service, NETWORK_SELECTION, ask.caller, (command,))
    return answer({NETWORK_SELECTION.name: shown[0]}, 201, warnings)
