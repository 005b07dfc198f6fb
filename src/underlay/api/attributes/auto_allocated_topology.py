"""Auto-allocated topology: `/v2.0/auto-allocated-topology/{project}`, extension `auto-allocated-topology`."""

import msgspec

from underlay.api import schema
from underlay.api.attributes.attribute import Attribute, Resource
from underlay.model.errors import AutoAllocationFailure
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import Network


class Topology(msgspec.Struct, frozen=True):
    """The network that a project uses which names none."""

    id: NetworkId | str
    project_id: ProjectId


AUTO_ALLOCATED_TOPOLOGY = Resource(
    name="auto_allocated_topology",
    collection="auto_allocated_topologies",
    path="auto-allocated-topology",
    kind="network",
    record_type=Network,
    missing=AutoAllocationFailure,
    attributes=(
        Attribute(
            "id",
            "The network: the project's `project_default`, else the default one if it may use that, else its oldest. "
            "`dry-run=pass` when only asked whether there is one (`fields=dry-run`).",
            show=lambda record, _: record.id,
            shown=schema.TEXT,
        ),
        Attribute("project_id", "The project.", show=lambda record, _: record.project_id, shown=schema.TEXT),
        Attribute(
            "tenant_id", "The old name of `project_id`.", show=lambda record, _: record.project_id, shown=schema.TEXT
        ),
    ),
    inside=True,
)
