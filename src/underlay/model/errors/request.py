"""Errors about the request itself: its form, who sends it, its conditions, quotas and policies."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    PreconditionError,
    TransportError,
    UnauthorizedError,
    UnavailableError,
)
from underlay.model.ids import ProjectId, Revision


@dataclass(unsafe_hash=True)
class InvalidInput(BadRequestError):
    """`error_message` is a clause without a full stop."""

    template = "Invalid input for operation: {error_message}."
    error_message: str


@dataclass(unsafe_hash=True)
class BadRequest(BadRequestError):
    """`msg` is a clause without a full stop; `resource` the collection, such as `subnets`."""

    template = "Bad {resource} request: {msg}."
    resource: str
    msg: str


@dataclass(unsafe_hash=True)
class HTTPBadRequest(BadRequestError):
    """The body or the query does not have the API's form; `text` is a sentence, Neutron's where it has one."""

    template = "{text}"
    text: str


@dataclass(unsafe_hash=True)
class InvalidActionForType(BadRequestError):
    """Objects of the type cannot be granted so."""

    template = "Invalid action '{action}' for object type '{object_type}'. Valid actions: {valid_actions}"
    action: str
    object_type: str
    valid_actions: tuple[str, ...]


@dataclass(unsafe_hash=True)
class RbacPolicyInitError(BadRequestError):
    """`reason` is a clause without a full stop."""

    template = "RBAC policy for object {object_id} could not be created: {reason}."
    object_id: str
    reason: str


@dataclass(unsafe_hash=True)
class HTTPMethodNotAllowed(TransportError):
    """The URL is known, and has no such method."""

    template = "The method {method} is not allowed for this resource."
    method: str


@dataclass(unsafe_hash=True)
class HTTPNotAcceptable(TransportError):
    """The client asks for a version of the API that is not served; `text` is a sentence."""

    template = "{text}"
    text: str


@dataclass(unsafe_hash=True)
class HTTPRequestTimeout(TransportError):
    """The body did not arrive in time."""

    template = "The request body did not arrive within {limit_s} seconds."
    limit_s: int


@dataclass(unsafe_hash=True)
class HTTPRequestEntityTooLarge(TransportError):
    """The body is longer than `max_request_bytes`."""

    template = "The request body is larger than {limit} bytes."
    limit: int


@dataclass(unsafe_hash=True)
class Unauthorized(UnauthorizedError):
    """No token, or none that is ours and still good; `reason` is a sentence."""

    template = "{reason}"
    reason: str = "The request you have made requires authentication."


@dataclass(unsafe_hash=True)
class PolicyNotAuthorized(ForbiddenError):
    """Attributes:
    rules: what was refused, such as `create_network` and `create_network:shared`; not empty.
    allowed_to: who may, in words.
    """

    rules: tuple[str, ...]
    allowed_to: str = "an administrator"

    @property
    def message(self) -> str:  # noqa: D102
        joined = " and ".join(f"rule:{rule}" for rule in self.rules)
        subject = f"({joined})" if len(self.rules) > 1 else joined
        return f"{subject} is disallowed by policy: only {self.allowed_to} may do this"


@dataclass(unsafe_hash=True)
class PolicyRemoveAuthorizationError(ForbiddenError):
    """The QoS policy that a port or network has may not be taken off by who may not see it."""

    template = "Failed to remove provided policy {policy_id} because you are not authorized."
    policy_id: str


@dataclass(unsafe_hash=True)
class QuotaResourceUnknown(NotFoundError):
    """A quota was named for a resource that has none; `known` are those that have."""

    template = "Unknown quota resources ['{unknown}']."
    unknown: str
    known: tuple[str, ...]

    @property
    def hint(self) -> str:  # noqa: D102
        return f" Quotas are kept for {', '.join(self.known)}."


@dataclass(unsafe_hash=True)
class TenantQuotaNotFound(NotFoundError):
    """The project has no quota of its own: it has the defaults."""

    template = "Quota for tenant {tenant_id} could not be found."
    tenant_id: ProjectId


@dataclass(unsafe_hash=True)
class HTTPNotFound(NotFoundError):
    """The URL names nothing, or an extension or API version that does not exist; `text` is a sentence."""

    template = "{text}"
    text: str = "The resource could not be found."


@dataclass(unsafe_hash=True)
class TagResourceNotFound(NotFoundError):
    """`resource` is the collection's key, such as `networks`."""

    template = "Resource {resource} {resource_id} could not be found."
    resource: str
    resource_id: str


@dataclass(unsafe_hash=True)
class TagNotFound(NotFoundError):
    """The record has no such tag."""

    template = "Tag {tag} could not be found."
    tag: str


@dataclass(unsafe_hash=True)
class RbacPolicyNotFound(NotFoundError):
    """There is none, or it is another project's."""

    template = "RBAC policy of type {object_type} with ID {id} not found"
    id: str
    object_type: str = "unknown"


@dataclass(unsafe_hash=True)
class OverQuota(ConflictError):
    """The project has as many as it may; `limit` and `used` are counts of `resource`."""

    template = "Quota exceeded for resources: ['{resource}']."
    resource: str
    limit: int
    used: int

    @property
    def hint(self) -> str:  # noqa: D102
        return f" {self.used} of at most {self.limit} are in use by the project."


@dataclass(unsafe_hash=True)
class DuplicateRbacPolicy(ConflictError):
    """The object is granted so already."""

    template = "An RBAC policy already exists with those values."


@dataclass(unsafe_hash=True)
class NotEnforced(ConflictError):
    """Ours: hosts cannot do yet what was asked for, and the setting `unenforced` says to refuse such."""

    template = "{what}. It is refused because the server's setting `unenforced` is `refuse`; `warn` accepts it."
    what: str


@dataclass(unsafe_hash=True)
class RbacPolicyInUse(ConflictError):
    """Projects use the object that could no longer see it; `details` names one."""

    template = (
        "RBAC policy on object {object_id} cannot be removed because other objects depend on it.\nDetails: {details}"
    )
    object_id: str
    details: str


@dataclass(unsafe_hash=True)
class Conflict(ConflictError):
    """Another writer was faster; `what` names the unique index or lock that said so."""

    retryable = True
    template = "Another request changed the same objects ({what}). Send the request again."
    what: str


@dataclass(unsafe_hash=True)
class RevisionNumberConstraintFailed(PreconditionError):
    """If-Match named another revision_number than the record's."""

    template = "Constrained to {expected}, but current revision is {current}"
    expected: int
    current: int


@dataclass(unsafe_hash=True)
class RevisionGone(GoneError):
    """The changes after `since` are no longer kept; `oldest` is the first revision to watch from."""

    template = (
        "Changes after revision {since} are no longer kept, only those after {oldest}. List again: leave out `since`."
    )
    since: Revision
    oldest: Revision


@dataclass(unsafe_hash=True)
class KeystoneUnavailable(UnavailableError):
    """A token cannot be checked, because the Keystone that knows it does not answer."""

    template = "{text}"
    text: str
