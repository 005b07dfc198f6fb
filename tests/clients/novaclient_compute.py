"""Run by the environment's Python: python-novaclient's calls in three microversions, as the OS_ variables say."""

import os

from keystoneauth1.identity import v3
from keystoneauth1.session import Session
from novaclient import client
from novaclient.exceptions import Conflict, NotFound


def live(nova, auto):
    """A server from its creation to its end, and what else there is to read."""
    image = nova.glance.find_image("cirros")
    flavor = nova.flavors.find(name="m1.nano")
    server = nova.servers.create("nova", image, flavor, meta={"a": "b"}, **auto)
    shown = nova.servers.get(server.id)
    assert ("BUILD", {"a": "b"}, 1) == (shown.status, shown.metadata, len(shown.addresses))
    assert ["nova"] == [each.name for each in nova.servers.list(search_opts={"name": "nova"})]
    assert "" == nova.servers.get_console_output(server)
    assert 1 == len(server.interface_list())
    refusal = ""
    try:
        server.stop()
    except Conflict as conflict:
        refusal = str(conflict)
    assert "while it is in vm_state building" in refusal
    nova.servers.set_meta(server, {"c": "d"})
    nova.servers.update(server, name="renamed")
    assert ("renamed", {"a": "b", "c": "d"}) == (nova.servers.get(server).name, nova.servers.get(server).metadata)
    assert ["net1"] == [each.host for each in nova.services.list()]
    assert ["net1"] == [each.hypervisor_hostname for each in nova.hypervisors.list()]
    assert ["nova"] == [each.zoneName for each in nova.availability_zones.list(detailed=False)]
    assert 100 == nova.limits.get().to_dict()["absolute"]["maxTotalInstances"]
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUyzDvl+OeEhi2gkdCuRXyE4dpsHdCrHFn2kCQoyQm7"
    nova.keypairs.create("nova", key)
    assert ["nova"] == [each.name for each in nova.keypairs.list()]
    nova.keypairs.delete("nova")
    nova.servers.delete(server)
    try:
        nova.servers.get(server.id)
    except NotFound:
        return
    raise AssertionError("it is still there")


def main():
    """2.1 takes a network by itself; later ones are told `auto`."""
    user = {name: os.environ[f"OS_{name.upper()}"] for name in ("auth_url", "username", "password", "project_name")}
    user["auth_url"] += "/v3"
    session = Session(auth=v3.Password(user_domain_name="Default", project_domain_name="Default", **user))
    for version, auto in (("2.1", {}), ("2.60", {"nics": "auto"}), ("2.96", {"nics": "auto"})):
        live(client.Client(version, session=session), auto)


if __name__ == "__main__":
    main()
