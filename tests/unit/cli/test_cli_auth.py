"""Global options and variables -> who asks, and where."""

import pytest

from underlay.cli.auth import Access, NoAuth, Password, Scope, Token, access_of, identity_v3
from underlay.cli.errors import CliError
from underlay.cli.invocation import split

USER = {"OS_AUTH_URL": "http://h:9696", "OS_USERNAME": "ann", "OS_PASSWORD": "s3", "OS_PROJECT_NAME": "lab"}


@pytest.mark.parametrize(
    ("argv", "environment", "access"),
    [
        ([], USER, Access(Password("http://h:9696/v3", "ann", "s3", Scope("", "lab", "default"), "default"))),
        (
            ["--os-tenant-name", "other", "--os_username=bob", "--insecure"],
            {**USER, "OS_PROJECT_NAME": "", "OS_USER_DOMAIN_NAME": "Staff", "OS_REGION_NAME": "R1"},
            Access(
                Password("http://h:9696/v3", "bob", "s3", Scope("", "other", "default"), "", "Staff", "R1"),
                insecure=True,
            ),
        ),
        (
            [],
            {
                **USER,
                "OS_PROJECT_ID": "p1",
                "OS_CACERT": "/ca.pem",
                "OS_NETWORK_TIMEOUT": "5",
                "OS_INTERFACE": "internalURL",
            },
            Access(
                Password(
                    "http://h:9696/v3", "ann", "s3", Scope("p1", "lab", "default"), "default", interface="internal"
                ),
                "/ca.pem",
                timeout_s=5.0,
            ),
        ),
        ([], {**USER, "OS_TOKEN": "t", "OS_URL": "http://h:9696"}, Access(Token("http://h:9696", "t"))),
        (["--os-auth-strategy=noauth", "--os-url", "http://h"], {}, Access(NoAuth("http://h"))),
    ],
)
def test_ways_to_log_in(argv: list[str], environment: dict[str, str], access: Access) -> None:
    """Options beat variables; token and URL beat user and password; the default domain unless said."""
    assert access == access_of(split(argv).settings, environment)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("OS_USERNAME", "You must provide a username via either --os-username or env[OS_USERNAME]"),
        ("OS_PASSWORD", "You must provide a password via either --os-password or env[OS_PASSWORD]"),
        ("OS_PROJECT_NAME", "You must provide a tenant_name via either --os-tenant-name or via env[OS_TENANT_NAME]"),
        ("OS_AUTH_URL", "You must provide an auth url via either --os-auth-url or via env[OS_AUTH_URL]"),
    ],
)
def test_the_first_thing_missing_is_named(missing: str, message: str) -> None:
    """In the words of the old client."""
    with pytest.raises(CliError) as caught:
        access_of({}, {name: value for name, value in USER.items() if name != missing})
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({**USER, "OS_TOKEN": "t"}, "You must provide a service URL via either --os-url or env[OS_URL]"),
        ({**USER, "OS_URL": "u"}, "You must provide a token via either --os-token or env[OS_TOKEN]"),
        ({"OS_AUTH_STRATEGY": "noauth"}, "You must provide a service URL via either --os-url or env[OS_URL]"),
    ],
)
def test_a_token_goes_with_a_url(environment: dict[str, str], message: str) -> None:
    """One without the other is refused."""
    with pytest.raises(CliError) as caught:
        access_of({}, environment)
    assert message == str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://h:5000", "http://h:5000/", "http://h:5000/v3", "http://h:5000/v3/", "http://h:5000/v2.0"]
)
def test_the_identity_url_may_carry_a_version(url: str) -> None:
    """Only v3 is spoken."""
    assert "http://h:5000/v3" == identity_v3(url)
