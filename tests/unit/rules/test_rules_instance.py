from base64 import b64encode

import pytest
from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud
from underlay.commands.instance import CreateInstance, DeleteInstance, UpdateInstance
from underlay.model.errors import (
    HTTPBadRequest,
    InstanceInUse,
    InstanceNotFound,
    InvalidInput,
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
)
from underlay.model.ids import InstanceId
from underlay.model.instance import Instance

VM = InstanceId("vm-1")
CREATE = CreateInstance(RED, VM, "web", {"rose": "ssh-ed25519 AAAA"}, b64encode(b"#!/bin/sh\n").decode())


def test_a_project_describes_its_machine() -> None:
    """Created under the device_id of its ports, changed, deleted."""
    cloud = Cloud()
    instance = cloud.do(CREATE, RED_MEMBER).result
    assert isinstance(instance, Instance)
    assert (VM, RED, "web", 1) == (instance.id, instance.project_id, instance.name, instance.revision_number)
    cloud.wait(9)
    after = cloud.do(UpdateInstance(VM, revision=1, name="web-1"), RED_MEMBER).result
    assert structs.replace(instance, name="web-1", revision_number=2, updated_at=cloud.now) == after
    assert () == cloud.do(UpdateInstance(VM, name="web-1"), RED_MEMBER).writes.puts
    assert RevisionNumberConstraintFailed(1, 2) == cloud.refusal(DeleteInstance(VM, revision=1), RED_MEMBER)
    cloud.do(DeleteInstance(VM), RED_MEMBER)
    assert [] == cloud.records(Instance)


def test_one_instance_an_id() -> None:
    """An id that is taken is a conflict, also for another project; without an id, the server makes one."""
    cloud = Cloud()
    cloud.do(CREATE, RED_MEMBER)
    taken = structs.replace(CREATE, project_id=BLUE_MEMBER.project_id)
    assert InstanceInUse(VM) == cloud.refusal(taken, BLUE_MEMBER)
    assert cloud.do(CreateInstance(RED), RED_MEMBER).result != cloud.do(CreateInstance(RED), RED_MEMBER).result


def test_who_touches_instances() -> None:
    """To another project it does not exist; a reader reads; nobody creates for another project."""
    cloud = Cloud()
    cloud.do(CREATE, RED_MEMBER)
    for command in (UpdateInstance(VM, name="x"), DeleteInstance(VM)):
        assert InstanceNotFound(VM) == cloud.refusal(command, BLUE_MEMBER)
        assert isinstance(cloud.refusal(command, RED_READER), PolicyNotAuthorized)
    assert isinstance(cloud.refusal(CreateInstance(RED), BLUE_MEMBER), HTTPBadRequest)
    cloud.do(DeleteInstance(VM), ADMIN)


@pytest.mark.parametrize("user_data", ["#!/bin/sh", "YQ", b64encode(bytes(50_000)).decode()])
def test_user_data_is_base64_of_bounded_length(user_data: str) -> None:
    """Plain text, broken base64 and more than Nova allows are refused, at creation and in an update."""
    cloud = Cloud()
    cloud.do(CREATE, RED_MEMBER)
    for command in (structs.replace(CREATE, id=None, user_data=user_data), UpdateInstance(VM, user_data=user_data)):
        assert isinstance(cloud.refusal(command, RED_MEMBER), InvalidInput)


def test_user_data_may_be_wrapped() -> None:
    """The lines that `base64` writes are fine."""
    Cloud().do(structs.replace(CREATE, user_data="IyEv\nYmlu\n"), RED_MEMBER)
