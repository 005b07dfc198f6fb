"""DNS names of ports (extension dns-integration): a host's own name, or one with the data centre's domain."""

from msgspec import UNSET, UnsetType

from underlay.model.errors import HTTPBadRequest
from underlay.rules.snapshot import Regulations

_LONGEST = 255


def require_name(name: str | UnsetType, regulations: Regulations) -> None:
    """A full name ends in the server's `dns_domain`; a relative one is short enough to be completed with it.

    Raises HTTPBadRequest, with Neutron's reasons.
    """
    if name is UNSET or not name:
        return
    higher = f".{regulations.dns_domain.rstrip('.')}."
    if not name.endswith("."):
        if len(name) + len(higher) > _LONGEST:
            raise HTTPBadRequest(
                f"Invalid input for dns_name. Reason: The dns_name passed is a PQDN and its size is '{len(name)}'. "
                f"With dns_domain '{regulations.dns_domain}' it exceeds the maximum size of '{_LONGEST}'."
            )
    elif len(name) <= len(higher) or not name.endswith(higher):
        raise HTTPBadRequest(
            "Invalid input for dns_name. Reason: The dns_name passed is a FQDN. Its higher level labels must be equal "
            f"to the dns_domain option of the server, that has been set to '{regulations.dns_domain}'. It must also "
            "include one or more valid DNS labels to the left of it."
        )
