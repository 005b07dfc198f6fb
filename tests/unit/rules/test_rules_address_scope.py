from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud
from underlay.commands.address_scope import CreateAddressScope, DeleteAddressScope, UpdateAddressScope
from underlay.model.address_scope import AddressScope
from underlay.model.errors import (
    AddressScopeNotFound,
    AddressScopeUpdateError,
    HTTPBadRequest,
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
)

CREATE = CreateAddressScope(RED, 4, "routed")


def made(cloud: Cloud, command: CreateAddressScope = CREATE) -> AddressScope:
    """The scope, created by whoever may."""
    scope = cloud.do(command, ADMIN).result
    assert isinstance(scope, AddressScope)
    return scope


def test_a_project_has_address_scopes() -> None:
    """Created, renamed, deleted by a member; a rename counts one revision, the same name again none."""
    cloud = Cloud()
    scope = cloud.do(CREATE, RED_MEMBER).result
    assert isinstance(scope, AddressScope)
    assert (RED, 4, "routed", False, 1) == (
        scope.project_id,
        scope.ip_version,
        scope.name,
        scope.shared,
        scope.revision_number,
    )
    cloud.wait(9)
    after = cloud.do(UpdateAddressScope(scope.id, revision=1, name="inside"), RED_MEMBER).result
    assert structs.replace(scope, name="inside", revision_number=2, updated_at=cloud.now) == after
    assert () == cloud.do(UpdateAddressScope(scope.id, name="inside"), RED_MEMBER).writes.puts
    assert RevisionNumberConstraintFailed(1, 2) == cloud.refusal(DeleteAddressScope(scope.id, revision=1), RED_MEMBER)
    cloud.do(DeleteAddressScope(scope.id), RED_MEMBER)
    assert [] == cloud.records(AddressScope)


def test_it_belongs_to_its_project() -> None:
    """Others neither see it nor make one for the project; a reader of the project sees it and changes nothing."""
    cloud = Cloud()
    scope = made(cloud)
    rename, delete = UpdateAddressScope(scope.id, name="x"), DeleteAddressScope(scope.id)
    assert AddressScopeNotFound(scope.id) == cloud.refusal(rename, BLUE_MEMBER)
    assert AddressScopeNotFound(scope.id) == cloud.refusal(delete, BLUE_MEMBER)
    assert isinstance(cloud.refusal(CREATE, BLUE_MEMBER), HTTPBadRequest)
    for command in (CREATE, rename, delete):
        assert isinstance(cloud.refusal(command, RED_READER), PolicyNotAuthorized)


def test_sharing_is_the_administrators_and_for_good() -> None:
    """A member cannot share; a shared scope is seen and not changed by others, and stays shared."""
    cloud = Cloud()
    assert isinstance(cloud.refusal(structs.replace(CREATE, shared=True), RED_MEMBER), PolicyNotAuthorized)
    scope = made(cloud)
    assert isinstance(cloud.refusal(UpdateAddressScope(scope.id, shared=True), RED_MEMBER), PolicyNotAuthorized)
    cloud.do(UpdateAddressScope(scope.id, shared=True), ADMIN)
    assert isinstance(cloud.refusal(UpdateAddressScope(scope.id, name="x"), BLUE_MEMBER), PolicyNotAuthorized)
    assert AddressScopeUpdateError(scope.id, "Shared address scope can't be unshared") == cloud.refusal(
        UpdateAddressScope(scope.id, shared=False), ADMIN
    )
