"""Availability zones: `/v2.0/availability_zones`, extension `availability_zone`."""

import msgspec

from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource
from underlay.model.errors import AvailabilityZoneNotFound
from underlay.model.network import Network


class Zone(msgspec.Struct, frozen=True):
    """One availability zone of networks."""

    name: str
    is_available: bool

    @property
    def id(self) -> str:
        """What page marks name."""
        return self.name


AVAILABILITY_ZONE = Resource(
    name="availability_zone",
    collection="availability_zones",
    kind="network",
    record_type=Network,
    missing=AvailabilityZoneNotFound,
    attributes=(
        Attribute(
            "name",
            "As in the hosts' setting `availability_zone`.",
            show=lambda record, _: record.name,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "resource",
            "`network`: what agents of the zone serve.",
            show=lambda record, _: "network",
            filter=standard.text,
        ),
        Attribute(
            "state",
            "`available` when an agent of it is switched on, else `unavailable`.",
            show=lambda record, _: "available" if record.is_available else "unavailable",
            filter=standard.text,
        ),
    ),
    inside=True,
)
