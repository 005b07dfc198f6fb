"""`instance-*`, which are ours."""

from typing import Final

from underlay.cli.commands.options import NAME, TENANT
from underlay.cli.commands.verbs import delete, show, update
from underlay.cli.vocabulary import Command, Creating, Listing, Option, Positional

_INSTANCE_OPTIONS: Final = (
    NAME,
    Option(
        "--public-key",
        "public_keys",
        repeats=True,
        metavar="NAME=KEY",
        help="An OpenSSH public key line under a name; may be repeated.",
        reads="name=value",
    ),
    Option(
        "--public-key-file",
        "public_keys",
        repeats=True,
        metavar="[NAME=]FILE",
        help="The same from a file, named as the file unless said; may be repeated.",
        reads="key file",
    ),
    Option(
        "--user-data-file",
        "user_data",
        metavar="FILE",
        help="What the guest gets as user-data.",
        reads="file as base64",
    ),
    Option(
        "--meta",
        "meta",
        repeats=True,
        metavar="KEY=VALUE",
        help="A key and value shown to the guest; may be repeated.",
        reads="name=value",
    ),
)

INSTANCES: Final = (
    Command(
        "instance-list",
        "List what metadata tells to instances.",
        Listing("/instances", "instances", ("id", "name"), pages=True),
    ),
    show("instance", "instance"),
    Command(
        "instance-create",
        "Say what metadata tells to the instance of this device id.",
        Creating("/instances", "instance"),
        (Positional("DEVICE_ID", "id", "The device_id of the instance's ports.", in_body=True),),
        (TENANT, *_INSTANCE_OPTIONS),
    ),
    delete("instance", "instance"),
    update("instance", "instance", _INSTANCE_OPTIONS),
)
