"""What this API does not have, and clients' clean-up code asks for all the same: always empty, and never made.

Routers, floating IPs and VPN are the physical routers' business, so nobody provides such services either.
"""

from typing import Final

from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.model.errors import HTTPNotFound

ABSENT: Final = {
    "routers": "routers",
    "floatingips": "floatingips",
    "service-providers": "service_providers",
    "vpn/vpnservices": "vpnservices",
    "vpn/ikepolicies": "ikepolicies",
    "vpn/ipsecpolicies": "ipsecpolicies",
    "vpn/ipsec-site-connections": "ipsec_site_connections",
    "vpn/endpoint-groups": "endpoint_groups",
}
"""Path below /v2.0 -> the key of the empty list."""


def list_nothing(collection: str, service: Service, ask: Ask) -> Answer:
    """`GET /routers`: there are none, whatever is asked for."""
    return answer({collection: []})


def refuse(service: Service, ask: Ask) -> Answer:
    """Everything else: as if the path were unknown."""
    raise HTTPNotFound()
