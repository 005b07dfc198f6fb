from ipaddress import ip_address, ip_network

import pytest

from underlay.model import errors
from underlay.model.address import AddressRange
from underlay.model.errors import (
    Conflict,
    NoNetworkAvailable,
    OutOfBoundsAllocationPool,
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
    UnderlayError,
    leaves,
)
from underlay.model.ids import NetworkId


def test_the_drawn_tree_names_every_class() -> None:
    """The tree in the module's docstring lags behind no class."""
    drawn = set((errors.__doc__ or "").split())
    nodes = {base for leaf in leaves() for base in leaf.__mro__ if issubclass(base, UnderlayError)}
    assert set() == {node.__name__ for node in nodes} - drawn


def test_only_a_lost_race_is_retryable() -> None:
    """Judging again helps nobody but who lost a race."""
    assert [Conflict] == [leaf for leaf in leaves() if leaf.retryable]


def test_every_leaf_has_a_text() -> None:
    """A leaf says what is wrong: by a template, or by a message of its own."""
    silent = [leaf.__name__ for leaf in leaves() if not leaf.template and "message" not in vars(leaf)]
    assert [] == silent


def test_a_field_is_set_once() -> None:
    """An error that was raised cannot be changed on its way."""
    error = Conflict(what="addresses")
    with pytest.raises(AttributeError):
        error.what = "ports"


def test_errors_are_equal_by_their_fields() -> None:
    """Two errors are the same when their class and fields are."""
    assert RevisionNumberConstraintFailed(2, 3) == RevisionNumberConstraintFailed(2, 3)
    assert RevisionNumberConstraintFailed(2, 3) != RevisionNumberConstraintFailed(2, 4)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            OutOfBoundsAllocationPool(
                AddressRange(ip_address("10.0.0.2"), ip_address("10.0.1.9")), ip_network("10.0.0.0/24")
            ),
            "The allocation pool 10.0.0.2-10.0.1.9 spans beyond the subnet cidr 10.0.0.0/24.",
        ),
        (
            PolicyNotAuthorized(("create_network", "create_network:shared")),
            "(rule:create_network and rule:create_network:shared) is disallowed by policy: "
            "only an administrator may do this",
        ),
        (
            NoNetworkAvailable(("default:100:101, 2 of 2 used", "default:200:201, 2 of 2 used")),
            "Unable to create the network. No tenant network is available for allocation. "
            "Every VLAN of the ranges is in use: default:100:101, 2 of 2 used; default:200:201, 2 of 2 used.",
        ),
        (errors.NetworkNotFound(NetworkId("n")), "Network n could not be found."),
        (
            errors.QuotaResourceUnknown("router", ("network", "port")),
            "Unknown quota resources ['router']. Quotas are kept for network, port.",
        ),
    ],
)
def test_messages_are_neutrons_with_what_would_be_right(error: UnderlayError, message: str) -> None:
    """The text that clients know comes first; what it leaves out follows."""
    assert message == str(error)
