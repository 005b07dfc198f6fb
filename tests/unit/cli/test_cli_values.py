"""Value specs: options that a command does not know become attributes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.cli import values
from underlay.cli.errors import CliError, UsageError

KEYS = st.from_regex(r"[a-z][a-z_:]{0,10}", fullmatch=True).filter(lambda key: key not in ("type", "list", "action"))
PLAIN_TEXT = st.from_regex(r"[A-Za-z0-9.:/@ ]{1,12}", fullmatch=True)
MAPPINGS = st.dictionaries(KEYS, PLAIN_TEXT, min_size=1, max_size=3)
SCALARS = st.one_of(
    st.text(max_size=20), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), MAPPINGS
)
LISTS = st.one_of(
    st.lists(PLAIN_TEXT, min_size=1, max_size=4),
    st.lists(st.integers(), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=1, max_size=4),
    st.lists(MAPPINGS, min_size=1, max_size=4),
)


@pytest.mark.parametrize(
    ("line", "attributes"),
    [
        ("--shared", {"shared": True}),
        ("--provider:segmentation_id=100", {"provider:segmentation_id": "100"}),
        ("--provider:network_type vlan --shared", {"provider:network_type": "vlan", "shared": True}),
        ("--tag a b", {"tag": ["a", "b"]}),
        ("--mac-learning on", {"mac_learning": "on"}),
        ("--enable_dhcp=False", {"enable_dhcp": "False"}),
        ("--enable_dhcp type=bool False", {"enable_dhcp": False}),
        ("--mtu type=int 1400", {"mtu": 1400}),
        ("--mtu type=int -1", {"mtu": -1}),
        ("--weight type=float 0.5", {"weight": 0.5}),
        ("--dns_nameservers list=true 10.0.0.1", {"dns_nameservers": ["10.0.0.1"]}),
        ("--opts type=dict a=1,b=c=d", {"opts": {"a": "1", "b": "c=d"}}),
        (
            "--host-routes type=dict list=true destination=169.254.0.0/16,nexthop=10.10.100.3",
            {"host_routes": [{"destination": "169.254.0.0/16", "nexthop": "10.10.100.3"}]},
        ),
        ("--host_routes action=clear", {"host_routes": None}),
        ("--name=", {"name": ""}),
    ],
)
def test_a_spec_spells_attributes(line: str, attributes: dict[str, object]) -> None:
    """Alone it is true, with one value text, with more a list; type=, list=true and action=clear change that."""
    assert attributes == values.parse(line.split())


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("--tag a --tag b", CliError, "duplicated options --tag a --tag b"),
        ("--tag=a b", CliError, "Invalid values_specs --tag=a b"),
        ("a", CliError, "Invalid values_specs a"),
        ("--tag -x", CliError, "Invalid values_specs --tag -x"),
        ("---tag", CliError, "Invalid values_specs ---tag"),
        ("--tag list=true", CliError, "Invalid values_specs --tag list=true"),
        ("--tag type=int", CliError, "Invalid values_specs --tag type=int"),
        ("--tag action=clear x", CliError, "Invalid values_specs --tag action=clear x"),
        ("--tag type=int x", UsageError, "argument --tag: invalid int value: 'x'"),
        ("--tag type=bool maybe", UsageError, "argument --tag: invalid bool value: 'maybe'"),
        ("--tag type=dict a", UsageError, "argument --tag: invalid dict value: 'a'"),
    ],
)
def test_a_wrong_spec_is_refused(line: str, error: type[CliError], message: str) -> None:
    """The message names what was typed, in the words of the old client."""
    with pytest.raises(error) as caught:
        values.parse(line.split())
    assert (error, message) == (type(caught.value), str(caught.value))


@pytest.mark.parametrize("kind", ["__import__('os').system('true')", "eval", "list", "object", ""])
def test_types_are_a_closed_set(kind: str) -> None:
    """The type is never evaluated: anything but five words is refused."""
    with pytest.raises(CliError, match="is not supported; use one of str, int, float, bool, dict"):
        values.parse(["--x", f"type={kind}", "1"])


@given(st.dictionaries(KEYS, st.one_of(SCALARS, LISTS, st.none()), max_size=5))
def test_what_is_rendered_is_read_back(attributes: dict[str, object]) -> None:
    """parse(render(attributes)) == attributes."""
    assert attributes == values.parse(values.render(attributes))  # type: ignore[arg-type]


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"--[a-z]{1,3}(=[a-z]?)?", fullmatch=True),
            PLAIN_TEXT,
            st.sampled_from(["type=int", "list=true", "action=clear", "-x", "--"]),
        )
    )
)
def test_every_spec_is_read_or_refused(tokens: list[str]) -> None:
    """No token vanishes: each key is an attribute, or the line is refused."""
    try:
        attributes = values.parse(tokens)
    except CliError:
        return
    keys = [token[2:].partition("=")[0] for token in tokens if token.startswith("--")]
    assert keys == list(attributes)
