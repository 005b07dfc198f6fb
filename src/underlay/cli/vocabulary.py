"""The types of which the command table is made: what a command is called, takes, sends and shows.

Data only; `grammar` reads a command line by it, `perform` does what it says, `help` and completion print it.
"""

from typing import Any, Literal

from msgspec import Struct


class FromFile(Struct, frozen=True):
    """A value that is in a file, not read yet. `name` "": the text itself; otherwise `{name: text}`."""

    path: str
    name: str = ""
    as_base64: bool = False


Scalar = str | int | float | bool | dict[str, str]
Plain = Scalar | list[Any] | None
"""What a value spec can say."""

Value = Plain | FromFile
"""What one attribute or filter can be before files are read."""

Takes = Literal["nothing", "text", "integer", "mapping"]
Reads = Literal["as is", "name=value", "key file", "file as base64"]


class Option(Struct, frozen=True):
    """One `--option`. Its underscore spelling is accepted as well.

    Attributes:
    to: the attribute, query key or setting that it sets.
    setting: the value steers the command itself and is not sent as an attribute.
    constant: the value when it takes nothing.
    repeats: may be given again; the values form a list.
    choices: the only values; empty for any.
    looks_up: the value (of a mapping: its `<resource>_id` item) is the name or id of this resource.
    reads: how the text becomes the value.
    """

    name: str
    to: str
    takes: Takes = "text"
    setting: bool = False
    constant: Value = True
    repeats: bool = False
    choices: tuple[str, ...] = ()
    metavar: str = ""
    help: str = ""
    short: str = ""
    looks_up: str = ""
    reads: Reads = "as is"


class Positional(Struct, frozen=True):
    """One required argument.

    Attributes:
    to: the attribute or path part that it fills.
    looks_up: it is the name or id of this resource; empty: taken as it is.
    in_body: it goes into the body (otherwise only into the path).
    repeats: one or more.
    """

    metavar: str
    to: str
    help: str
    looks_up: str = ""
    in_body: bool = False
    repeats: bool = False


class Listing(Struct, frozen=True):
    """GET a collection and show it as rows.

    Attributes:
    path: may name positionals, as in `/agents/{dhcp_agent}/dhcp-networks`.
    columns: shown unless asked otherwise, as far as the answer has them; empty for all, sorted.
    filters: always sent.
    joins_subnets: a second GET turns subnet ids into `id cidr`.
    names_groups: a second GET turns the ids of security groups into names, unless `no_nameconv` is set.
    pages: `--page-size` and `--sort-key` are offered.
    takes_filters: options that are not known become filters.
    """

    path: str
    collection: str
    columns: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    joins_subnets: bool = False
    names_groups: bool = False
    pages: bool = False
    takes_filters: bool = True


class Showing(Struct, frozen=True):
    """GET one resource and show its fields."""

    path: str
    key: str
    indent: int | None = None


class Creating(Struct, frozen=True):
    """POST one resource and show it. `defaults` are sent unless set."""

    path: str
    key: str
    defaults: tuple[tuple[str, Value], ...] = ()


class Updating(Struct, frozen=True):
    """PUT the attributes given. `shows` the answer, or says that it is done."""

    path: str
    key: str
    shows: bool = False


class Deleting(Struct, frozen=True):
    """DELETE one or more, each by its own request."""

    path: str
    key: str


class Linking(Struct, frozen=True):
    """POST or DELETE that ties one resource to another. `says` is printed with the positionals as typed."""

    method: Literal["POST", "DELETE"]
    path: str
    body: tuple[tuple[str, str], ...]
    says: str


Verb = Listing | Showing | Creating | Updating | Deleting | Linking


class Command(Struct, frozen=True):
    """One command: `name` as typed, `help` its one line."""

    name: str
    help: str
    verb: Verb
    positionals: tuple[Positional, ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def takes_unknown(self) -> bool:
        """Whether options that it does not know are passed on as attributes or filters."""
        match self.verb:
            case Creating() | Updating():
                return True
            case Listing(takes_filters=takes):
                return takes
            case _:
                return False
