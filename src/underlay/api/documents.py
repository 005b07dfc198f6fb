"""What the API says of itself: versions, and the layout of v2.0."""

from underlay.api.attributes import NETWORK, PORT, SUBNET
from underlay.api.exchange import Answer, answer
from underlay.identity.render import version as identity_version


def show_versions(base: str, *, has_identity: bool = True) -> Answer:
    """`GET /`: the Networking API, and identity beside it when it is served here."""
    networking = {"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{base}/v2.0/"}]}
    return answer({"versions": [networking, identity_version(base)] if has_identity else [networking]})


def show_layout(base: str) -> Answer:
    """`GET /v2.0`: the collections."""
    layout = [
        {
            "name": resource.name,
            "collection": resource.collection,
            "links": [{"rel": "self", "href": f"{base}/v2.0/{resource.url}"}],
        }
        for resource in (NETWORK, SUBNET, PORT)
    ]
    return answer({"resources": layout})
