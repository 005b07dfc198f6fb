"""The change log to Nova: a real store, real HTTP, and a mock of Nova and Keystone, as no Nova runs here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from fakes.http_server import serving
from fakes.nova import PASSWORD, Nova
from fakes.records import network, port, subnet, uuid_of
from underlay.main.nova import notifier_of
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import NovaSettings
from underlay.model.change import Record, Ref, Writes
from underlay.model.ids import InstanceId
from underlay.model.port import Port
from underlay.notify import notifier as notifying
from underlay.notify.notifier import Notifier, Pace
from underlay.store.transaction import Store

NET = network(1, subnets=1)
SUB = subnet(NET)
QUICK = Pace(poll=0.05, gather=0.0, first_wait=0.02, longest_wait=0.1)


def instance_port(number: int, status: str = "DOWN") -> Port:
    """Of an instance of its own."""
    plain = port(number, NET)
    return replace(plain, device_id=InstanceId(uuid_of(4, number)), device_owner="compute:nova", status=status)


class Site:
    """A database, a Nova, and notifiers that one after the other tell it."""

    def __init__(self, folder: Path, url: str, nova: Nova) -> None:
        self.folder = folder
        self.nova = nova
        (folder / "password").write_text(f"{PASSWORD}\n")
        self.settings = NovaSettings(
            auth_url=f"{url}/v3", password_file=f"{folder}/password", position_file=f"{folder}/nova.position"
        )
        self.store = self.opened()
        self.put(NET, SUB)

    def opened(self, retention: int = 1000) -> Store:
        """The database, as a server that starts opens it."""
        store = Store(f"sqlite:///{self.folder}/underlay.sqlite", retention)
        store.migrate()
        return store

    def put(self, *records: Record) -> None:
        """In one transaction."""
        self.store.write(lambda moment: moment.commit_writes(Writes(puts=records)))

    def delete(self, one: Port) -> None:
        """In one transaction."""
        self.store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("port", one.id),))))

    @contextmanager
    def notifying(self, **changed: str) -> Iterator[Notifier]:
        """While a server runs."""
        notifier = notifier_of(replace(self.settings, **changed), self.store, QUICK)
        assert notifier is not None
        notifier.start()
        try:
            yield notifier
        finally:
            self.nova.holding.set()
            notifier.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Nova answers."""
    nova = Nova()
    with serving(nova) as url:
        made = Site(tmp_path, url, nova)
        yield made
        made.store.close()


def event(name: str, of: Port) -> tuple[str, str, str]:
    """As `Nova.taken` has it."""
    return (f"network-{name}", of.id, of.device_id)


def until(true: Callable[[], bool], nova: Nova) -> None:
    """Waits for Nova's side to be so."""
    with nova.was_told:
        assert nova.was_told.wait_for(true, 20)


def test_a_port_s_life_is_told_in_order(site):
    """Made, plugged, moved to another address, unplugged, deleted; Nova's endpoint is the catalog's."""
    one = instance_port(1)
    active = replace(one, status="ACTIVE")
    with site.notifying():
        for record in (one, active, replace(active, mac_address=port(9, NET).mac_address), one):
            site.put(record)
        site.delete(one)
        taken = site.nova.wait_for(5)
    names = ["vif-plugged", "changed", "changed", "vif-unplugged", "vif-deleted"]
    assert [event(name, one) for name in names] == taken


def test_what_was_there_before_the_first_start_is_not_told(site):
    """Nova is told nothing old, and everything new."""
    old, new = instance_port(1, "ACTIVE"), instance_port(2)
    site.put(instance_port(1))
    site.put(old)
    with site.notifying():
        site.put(new)
        site.put(replace(new, status="ACTIVE"))
        assert [event("vif-plugged", new)] == site.nova.wait_for(1)


def test_what_was_committed_while_nobody_told_is_told_after_the_start(site):
    """The position outlives the process; what was told already is not told again."""
    ports = [instance_port(number) for number in range(3)]
    with site.notifying():
        site.put(*ports)
        site.put(replace(ports[0], status="ACTIVE"))
        site.nova.wait_for(1)
    site.put(replace(ports[1], status="ACTIVE"))
    with site.notifying():
        site.put(replace(ports[2], status="ACTIVE"))
        assert [event("vif-plugged", one) for one in ports] == site.nova.wait_for(3)


def test_what_nova_may_not_have_seen_is_told_again_after_the_start(site):
    """The server stops while Nova has not answered: at least once, never less."""
    one = instance_port(1)
    site.put(one)
    with site.notifying():
        site.nova.away.set()
        site.put(replace(one, status="ACTIVE"))
        site.nova.wait_for_requests(1)
    site.nova.away.clear()
    with site.notifying():
        assert [event("vif-plugged", one)] == site.nova.wait_for(1)


def test_while_nova_is_away_all_waits_in_order(site):
    """Each transition is kept, also those that are undone again; the log tells once a try."""
    one, two = instance_port(1), instance_port(2)
    site.put(one, two)
    site.nova.away.set()
    with site.notifying(), capture_logs() as logs:
        for status in ("ACTIVE", "DOWN", "ACTIVE"):
            site.put(replace(one, status=status))
        site.put(replace(two, status="ACTIVE"))
        site.nova.wait_for_requests(3)
        site.nova.away.clear()
        taken = site.nova.wait_for(4)
    assert [event(f"vif-{name}", one) for name in ("plugged", "unplugged", "plugged")] == taken[:3]
    assert [event("vif-plugged", two)] == taken[3:]
    waits = [log["again_in_s"] for log in logs if log["event"] == "nova_not_told"]
    assert waits == sorted(waits)
    assert {"warning"} == {log["log_level"] for log in logs if log["event"] == "nova_not_told"}


def test_what_comes_while_a_request_is_under_way_goes_into_the_next_together(site):
    """The first goes at once, the others in one request."""
    ports = [instance_port(number) for number in range(20)]
    site.put(*ports)
    with site.notifying():
        site.nova.holding.clear()
        site.put(replace(ports[0], status="ACTIVE"))
        site.nova.wait_for_requests(1)
        for one in ports[1:]:
            site.put(replace(one, status="ACTIVE"))
        site.nova.holding.set()
        assert [event("vif-plugged", one) for one in ports] == site.nova.wait_for(20)
    assert 2 == site.nova.requests


def test_many_events_go_in_several_requests_in_order(site):
    """More than one request has, and more than is read at once."""
    ports = [instance_port(number) for number in range(600)]
    site.put(*ports)
    site.nova.away.set()
    with site.notifying():
        site.put(*(replace(one, status="ACTIVE") for one in ports))
        site.nova.wait_for_requests(1)
        site.nova.away.clear()
        assert [event("vif-plugged", one) for one in ports] == site.nova.wait_for(600)


def test_a_token_that_is_no_longer_accepted_is_renewed(site):
    """Nova answers 401 once; nothing is lost, nothing told twice."""
    one = instance_port(1)
    site.put(one)
    with site.notifying():
        site.put(replace(one, status="ACTIVE"))
        site.nova.wait_for(1)
        site.nova.token = "revoked"
        site.put(one)
        assert [event("vif-plugged", one), event("vif-unplugged", one)] == site.nova.wait_for(2)
    assert 2 == site.nova.logins


def test_an_event_that_nova_cannot_use_is_dropped_and_the_others_count(site):
    """404 and 422 in a 207, and 404 for the whole when no instance is known: said in the log, never sent again."""
    unknown, nowhere, good = (instance_port(number) for number in range(3))
    site.nova.codes = {unknown.device_id: 404, nowhere.device_id: 422}
    site.put(unknown, nowhere, good)
    with site.notifying(), capture_logs() as logs:
        site.put(*(replace(one, status="ACTIVE") for one in (unknown, nowhere, good)))
        site.nova.wait_for(1)
        site.put(unknown)
        until(lambda: site.nova.requests == 2, site.nova)
        site.put(good)
        assert [event("vif-plugged", good), event("vif-unplugged", good)] == site.nova.wait_for(2)
    dropped = [(log["port_id"], log["code"], log["log_level"]) for log in logs if log["event"] == "nova_event_dropped"]
    assert [(unknown.id, 404, "info"), (nowhere.id, 422, "info"), (unknown.id, 404, "info")] == dropped


def test_one_event_that_is_refused_as_it_is_does_not_hold_up_the_others(site):
    """A Nova that does not know an event's name refuses the whole request with 400: the one to blame is left out."""
    ports = [instance_port(number) for number in range(5)]
    site.nova.refused_name = "network-vif-deleted"
    site.put(*ports)
    site.nova.away.set()
    with site.notifying(), capture_logs() as logs:
        for one in ports:
            site.put(replace(one, status="ACTIVE"))
        site.delete(ports[2])
        site.nova.wait_for_requests(1)
        site.nova.away.clear()
        site.nova.wait_for(5)
        site.put(ports[0])
        taken = site.nova.wait_for(6)
    assert [*(event("vif-plugged", one) for one in ports), event("vif-unplugged", ports[0])] == taken
    dropped = [(log["port_id"], log["log_level"]) for log in logs if log["event"] == "nova_event_dropped"]
    assert [(ports[2].id, "warning")] == dropped


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [("username", "nobody", "[nova] auth_url, username"), ("url", "{url}/nothing/v2.1", "[nova] url must be")],
)
def test_a_wrong_setting_is_told_as_an_error_with_what_to_do(site, setting, value, remedy):
    """And the event waits."""
    one = instance_port(1)
    site.put(one)
    url = site.settings.auth_url.removesuffix("/v3")
    with capture_logs() as logs:
        with site.notifying(**{setting: value.format(url=url)}):
            site.put(replace(one, status="ACTIVE"))
            wait_for_log(logs, "nova_not_told")
        told = next(log for log in logs if log["event"] == "nova_not_told")
        assert ("error", True) == (told["log_level"], told["remedy"].startswith(remedy))
        with site.notifying():
            assert [event("vif-plugged", one)] == site.nova.wait_for(1)


def wait_for_log(logs: list, name: str) -> None:
    """Until the thread wrote it."""
    for _ in range(2000):
        if any(log["event"] == name for log in logs):
            return
        notifying.Flag().wait(0.01)
    raise AssertionError(logs)


def test_what_left_the_change_log_while_nova_was_away_is_said_to_be_lost(site):
    """And what is still there is told."""
    one = instance_port(1)
    site.put(one)
    with site.notifying():
        pass
    site.put(replace(one, status="ACTIVE"))
    site.store.close()
    site.store = site.opened(retention=1)
    for number in range(300):
        site.put(replace(NET, name=f"n{number}"))
    site.put(one)
    with capture_logs() as logs, site.notifying():
        assert [event("vif-unplugged", one)] == site.nova.wait_for(1)
    assert ["error"] == [log["log_level"] for log in logs if log["event"] == "nova_events_lost"]


def test_the_position_of_another_database_counts_for_nothing(site):
    """A database from a backup: begins with what is committed from now on, and says so."""
    one = instance_port(1)
    site.put(one)
    Path(site.settings.position_file).write_text("1000000\n")
    with capture_logs() as logs, site.notifying():
        site.put(replace(one, status="ACTIVE"))
        assert [event("vif-plugged", one)] == site.nova.wait_for(1)
    assert "nova_position_is_of_another_database" in [log["event"] for log in logs]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"auth_url": "", "url": "http://nova"}, "no auth_url"),
        ({"auth_url": "nova:5000"}, "is no URL"),
        ({"password_file": "/nonexistent/password"}, "password_file"),
        ({"position_file": "/nonexistent/position"}, "position_file"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(site, changed, told):
    """With the setting's name."""
    with pytest.raises(ConfigError, match=told):
        notifier_of(replace(site.settings, **changed), site.store)


def test_nothing_is_done_without_the_setting(site):
    """Nova is told nothing by default."""
    assert notifier_of(NovaSettings(), site.store) is None
