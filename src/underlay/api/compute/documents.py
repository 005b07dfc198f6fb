"""What the Compute API says of itself, to anyone."""

from typing import Any

from underlay.api.compute.microversion import NEWEST, OLDEST
from underlay.api.exchange import Answer, answer
from underlay.identity.places import COMPUTE


def show_versions(base: str) -> Answer:
    """GET /compute."""
    return answer({"versions": [_version(base)]})


def show_version(base: str) -> Answer:
    """GET /compute/v2.1."""
    media = {"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}
    return answer({"version": {**_version(base), "media-types": [media]}})


def _version(base: str) -> dict[str, Any]:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": str(NEWEST),
        "min_version": str(OLDEST),
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{base}{COMPUTE}/v2.1/"}],
    }
