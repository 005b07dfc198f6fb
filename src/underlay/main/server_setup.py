"""The commands of underlay-server that make things: database, key, users, hosts. Each is safe to repeat.

A password is never taken from the command line, where other users of the machine could read it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from underlay.identity import setup
from underlay.identity.key import make_key
from underlay.identity.passwords import Passwords
from underlay.main.settings import ServerSettings
from underlay.model.identity import NameTaken, RoleName
from underlay.model.ids import HostName
from underlay.store.transaction import Store

MIN_PASSWORD_LENGTH: Final = 8


class SetupError(Exception):
    """What was asked for cannot be done; the text says why and what would help."""


def initialise(settings: ServerSettings, password_file: str | None = None) -> int:
    """Database, signing key, first administrator. What exists stays as it is."""
    file = database_file(settings)
    if file is not None:
        _make_folder(file.parent)
    _make_folder(Path(settings.secret_file).parent)
    made_key = _make_key(Path(settings.secret_file))
    print(f"{'made' if made_key else 'exists'}: signing key {settings.secret_file}")
    existed = file is not None and file.exists()
    with opened_store(settings) as store:
        print(f"{'exists' if existed else 'made'}: database {settings.database}")
        password = None if password_file is None else read_password(password_file)
        admin = setup.bootstrap(store.identity(), Passwords(), password)
    if file is not None:
        file.chmod(0o600)
    if admin is None:
        print(f"exists: user {setup.ADMIN}")
        return 0
    print(f"made: user {admin.username}, administrator, project {admin.project}")
    if password is None:
        print(f"its password, shown this once: {admin.password}")
    return 0


def add_host(settings: ServerSettings, name: str, key_file: Path | None, *, renew: bool) -> int:
    """The user by which a host's agent logs in. Its key goes to the file, or to stdout once."""
    with opened_store(settings) as store:
        identity, passwords = store.identity(), Passwords()
        try:
            made = setup.add_host(identity, passwords, HostName(name))
        except NameTaken:
            if not renew:
                raise SetupError(
                    f"host {name} is known already; --renew gives it a new key, which voids the old"
                ) from None
            known = next(iter(identity.users.find(name)), None)
            if known is None or known.host is None:
                raise SetupError(f"'{name}' is a user, not a host") from None
            renewed = setup.reset_password(identity, passwords, name)
            if renewed is None:
                raise SetupError(f"host {name} was deleted meanwhile") from None
            made = renewed
    if key_file is None:
        print(made.password)
    else:
        _write_secret(key_file, made.password)
        print(f"host {name}: key written to {key_file}")
    return 0


def add_user(settings: ServerSettings, name: str, project: str, role: RoleName, password_file: str | None) -> int:
    """A user with a role on a project, which is made if missing."""
    password = None if password_file is None else read_password(password_file)
    with opened_store(settings) as store:
        try:
            made = setup.add_user(store.identity(), Passwords(), name, project, role, password)
        except NameTaken:
            raise SetupError(f"user {name} exists already") from None
    print(f"made: user {made.username}, {role} of project {made.project}")
    if password is None:
        print(f"its password, shown this once: {made.password}")
    return 0


@contextmanager
def opened_store(settings: ServerSettings) -> Iterator[Store]:
    """The database, brought up to date. Raises SetupError when that cannot be done."""
    try:
        store = Store(settings.database, settings.change_retention)
        try:
            store.migrate()
            yield store
        finally:
            store.close()
    except (SQLAlchemyError, OSError) as error:
        raise SetupError(f"database {settings.database}: {error}") from error


def database_file(settings: ServerSettings) -> Path | None:
    """The file of a SQLite database; None for any other."""
    try:
        url = make_url(settings.database)
    except ArgumentError:
        raise SetupError(
            f"[server] database = '{settings.database}' is no database URL, such as sqlite:////var/lib/underlay/x.sqlite"
        ) from None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def read_password(source: str) -> str:
    """The first line of a file, or of stdin for `-`. Raises SetupError."""
    try:
        text = sys.stdin.readline() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{source}: cannot be read: {error}") from None
    password = next(iter(text.splitlines()), "")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise SetupError(f"the password in {source} is shorter than {MIN_PASSWORD_LENGTH} characters")
    return password


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be made: {error.strerror}") from None


def _make_key(file: Path) -> bool:
    try:
        return make_key(file)
    except OSError as error:
        raise SetupError(f"{file}: cannot be written: {error.strerror}") from None


def _write_secret(file: Path, secret: str) -> None:
    _make_folder(file.parent)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            os.fchmod(opened.fileno(), 0o600)
            opened.write(secret + "\n")
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise SetupError(f"{file}: cannot be written: {error.strerror}") from None
