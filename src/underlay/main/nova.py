"""`[nova]` -> the notifier of `underlay-server`."""

from pathlib import Path

from underlay.client.credentials import Credentials
from underlay.client.exchange import Timeouts, Tls
from underlay.client.http import Session, Wanted
from underlay.client.transport import Transport
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import NovaSettings
from underlay.notify.notifier import DEFAULT_PACE, Notifier, Pace
from underlay.notify.nova import Nova
from underlay.notify.position import Position
from underlay.store.contract import Log, LogSource


def notifier_of(settings: NovaSettings, source: LogSource[Log], pace: Pace = DEFAULT_PACE) -> Notifier | None:
    """Ready to start; None when Nova is not to be told. Raises ConfigError."""
    if not settings.auth_url:
        if settings.url:
            raise ConfigError("[nova] url is set, but no auth_url: Nova wants a token, so say where to log in")
        return None
    for name, url in (("auth_url", settings.auth_url), ("url", settings.url)):
        if url and not url.startswith(("http://", "https://")):
            raise ConfigError(f"[nova] {name} = '{url}' is no URL such as https://controller.example.org:5000/v3")
    notifier = Notifier(source, Nova(_session(settings)), Position(Path(settings.position_file)), pace)
    try:
        notifier.prepare()
    except (OSError, ValueError) as error:
        raise ConfigError(f"[nova] position_file: {settings.position_file} cannot be used: {error}") from None
    return notifier


def _session(settings: NovaSettings) -> Session:
    path = Path(settings.password_file)
    try:
        password = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"[nova] password_file: {path} cannot be read: {error.strerror}") from None
    credentials = Credentials(
        password,
        username=settings.username,
        project_name=settings.project_name,
        user_domain_name=settings.user_domain_name,
        project_domain_name=settings.project_domain_name,
    )
    return Session(
        settings.auth_url,
        credentials,
        settings.url,
        Wanted("compute", settings.region, settings.interface),
        Transport(Timeouts(settings.connect_timeout_s, settings.answer_timeout_s), Tls(settings.ca_file)),
    )
