"""argv -> Request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.cli.commands import COMMANDS
from underlay.cli.errors import CliError, UsageError
from underlay.cli.grammar import Request, options_of, parse
from underlay.cli.vocabulary import FromFile

ROUTE = {"destination": "169.254.0.0/16", "nexthop": "10.10.100.3"}


def read(line: str) -> Request:
    """The request of a command line without quoting."""
    name, *argv = line.split()
    return parse(COMMANDS[name], argv)


@pytest.mark.parametrize(
    ("line", "positionals", "attributes"),
    [
        (
            "net-create pub100 --provider:network_type vlan --provider:segmentation_id=100 --shared",
            {"name": ["pub100"]},
            {"provider:network_type": "vlan", "provider:segmentation_id": "100", "shared": True},
        ),
        (
            "net-create --shared --provider:network_type vlan --provider:segmentation_id 100 pub100",
            {"name": ["pub100"]},
            {"provider:network_type": "vlan", "provider:segmentation_id": "100", "shared": True},
        ),
        (
            "subnet-create --host-route destination=169.254.0.0/16,nexthop=10.10.100.3 pub100 10.10.100/24",
            {"network_id": ["pub100"], "cidr": ["10.10.100/24"]},
            {"host_routes": [ROUTE]},
        ),
        (
            "subnet-update s1 --host-routes type=dict list=true destination=169.254.0.0/16,nexthop=10.10.100.3",
            {"id": ["s1"]},
            {"host_routes": [ROUTE]},
        ),
        (
            "subnet-update --host-routes type=dict list=true destination=169.254.0.0/16,nexthop=10.10.100.3 s1",
            {"id": ["s1"]},
            {"host_routes": [ROUTE]},
        ),
        ("net-create --mtu type=int 1400 web", {"name": ["web"]}, {"mtu": 1400}),
        ("net-create --mtu=1400 type=int web", {"name": ["web"]}, {"mtu": 1400}),
        ("net-create --tag red web", {"name": ["red"]}, {"tag": "web"}),
        ("subnet-update --dns_nameservers list=true 8.8.8.8 s1", {"id": ["s1"]}, {"dns_nameservers": ["8.8.8.8"]}),
        ("subnet-update --host_routes action=clear s1", {"id": ["s1"]}, {"host_routes": None}),
        ("subnet-update s1 --host-route action=clear", {"id": ["s1"]}, {"host_routes": None}),
        ("subnet-update s1 --enable_dhcp=False", {"id": ["s1"]}, {"enable_dhcp": "False"}),
        ("subnet-update s1 --no-gateway", {"id": ["s1"]}, {"gateway_ip": None}),
        (
            "subnet-create n 10.0.0.0/24 --ip_version 6 --tenant_id t",
            {"network_id": ["n"], "cidr": ["10.0.0.0/24"]},
            {"ip_version": 6, "tenant_id": "t"},
        ),
        (
            "subnet-create n 10.0.0.0/24 --gate 10.0.0.9",
            {"network_id": ["n"], "cidr": ["10.0.0.0/24"]},
            {"gateway_ip": "10.0.0.9"},
        ),
        ("net-list -- --name=pub100", {}, {"name": "pub100"}),
        ("net-list --name pub100 --shared", {}, {"name": "pub100", "shared": True}),
        ("net-delete a b", {"id": ["a", "b"]}, {}),
        ("quota-update --network 5 --subnet=-1", {}, {"network": 5, "subnet": -1}),
        (
            "instance-create --name web1 --public-key-file ~/.ssh/id.pub --user-data-file f --meta a=b vm-1",
            {"id": ["vm-1"]},
            {
                "name": "web1",
                "public_keys": [FromFile("~/.ssh/id.pub", "id")],
                "user_data": FromFile("f", as_base64=True),
                "meta": [{"a": "b"}],
            },
        ),
    ],
)
def test_known_options_unknown_ones_and_words(
    line: str, positionals: dict[str, list[str]], attributes: dict[str, object]
) -> None:
    """Options stand anywhere; what is not known is passed on; words fill the positionals in order."""
    request = read(line)
    assert (positionals, attributes) == (request.positionals, request.attributes)


def test_the_reports_line_says_that_the_subnet_id_is_missing() -> None:
    """What can only be an option's value never becomes the subnet's name."""
    with pytest.raises(UsageError) as caught:
        read("subnet-update --host-routes type=dict list=true destination=169.254.0.0/16,nexthop=10.10.100.3")
    expected = (
        "the subnet id is missing. Name the subnet first:\n  quantum subnet-update SUBNET --host-routes type=dict "
        "list=true destination=169.254.0.0/16,nexthop=10.10.100.3"
    )
    assert expected == str(caught.value)


def test_what_precedes_a_bare_dash_dash_is_not_passed_on_and_said_so() -> None:
    """After `--` only what follows is sent; known options before it still count."""
    request = read("net-list --status ACTIVE -c id -- --name=x")
    assert ({"name": "x"}, {"columns": ["id"]}, ("Not sent, because a bare -- follows: --status ACTIVE",)) == (
        request.attributes,
        request.settings,
        request.warnings,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("subnet-create n", "the following arguments are required: CIDR"),
        ("net-show", "the network id is missing. Name the network first:\n  quantum net-show NETWORK"),
        ("net-show a b", "unrecognized arguments: b"),
        ("net-show a --b", "unrecognized arguments: --b"),
        ("net-delete a --b c", "unrecognized arguments: --b"),
        ("subnet-create n c --gateway", "argument --gateway: expected one argument"),
        (
            "subnet-create n c --gateway x --no-gateway",
            "--gateway option and --no-gateway option can not be used same time",
        ),
        ("subnet-create n c --ip-version 5", "argument --ip-version: invalid choice: '5' (choose from '4', '6')"),
        ("subnet-create n c --no-gateway=x", "argument --no-gateway: ignored explicit argument 'x'"),
        (
            "net-list -f xml",
            "argument --format: invalid choice: 'xml' (choose from 'csv', 'json', 'table', 'value', 'yaml')",
        ),
        ("net-list --sort x", "ambiguous option: --sort could match --sort-dir, --sort-key"),
        ("quota-update --network many", "argument --network: invalid int value: 'many'"),
        ("subnet-create n c --host-route x", "argument --host-route: invalid dict value: 'x'"),
        ("instance-create d --meta x", "argument --meta: 'x' is not of the form KEY=VALUE"),
    ],
)
def test_a_wrong_line_is_refused(line: str, message: str) -> None:
    """Nothing is guessed: the message names the argument."""
    with pytest.raises(UsageError) as caught:
        read(line)
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("line", "routes"),
    [
        ("--host-route a=1 --host_routes type=dict list=true a=2", [{"a": "1"}, {"a": "2"}]),
        ("--host-route a=1 --host_routes x y", ["x", "y"]),
        ("--host-route a=1 --host-route a=2", [{"a": "1"}, {"a": "2"}]),
    ],
)
def test_lists_of_one_kind_are_joined(line: str, routes: list[object]) -> None:
    """A known option and a passed-on one of the same attribute: joined when of one type, else the latter wins."""
    assert routes == read(f"subnet-create n c {line}").attributes["host_routes"]


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("net-list -fcsv -c id -c name --quote all", {"formatter": "csv", "columns": ["id", "name"], "quote": "all"}),
        ("net-list -Df json", {"show_details": True, "formatter": "json"}),
        ("net-list -P 2 --sort-key name --sort-dir desc", {"page_size": 2, "sort_key": ["name"], "sort_dir": ["desc"]}),
        (
            "net-show x --prefix=os_ --variable id -f shell",
            {"formatter": "shell", "prefix": "os_", "variables": ["id"]},
        ),
    ],
)
def test_settings_are_not_sent(line: str, settings: dict[str, object]) -> None:
    """Output, paging and sorting steer the command; they are no attributes."""
    request = read(line)
    assert ({}, settings) == (request.attributes, request.settings)


@given(
    st.sampled_from(["net-list", "net-create", "subnet-update", "net-show", "net-delete", "quota-show"]),
    st.lists(
        st.sampled_from(
            ["--foo", "--bar=1", "--baz", "w", "x=y", "type=str", "list=true", "-z", "--format", "json", "--name", "9"]
        ),
        max_size=8,
    ),
)
def test_unknown_options_never_vanish(name: str, argv: list[str]) -> None:
    """Without a bare `--`, an option that is not known is an attribute of the request, or the line is refused."""
    command = COMMANDS[name]
    try:
        request = parse(command, argv)
    except CliError:
        return
    known = {option.name for option in options_of(command)}
    unknown = {token.partition("=")[0] for token in argv if token.startswith("--")} - known
    assert {option[2:] for option in unknown} <= set(request.attributes)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_can_be_told_from_the_others(name: str) -> None:
    """No two options of a command have the same name or letter."""
    options = options_of(COMMANDS[name])
    names = [option.name for option in options] + [option.short for option in options if option.short]
    assert sorted(set(names)) == sorted(names)
