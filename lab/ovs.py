"""Open vSwitch as services of a container: its own database and switch, at their usual places in /run and /etc."""

from lab.service import Service, Services

DATABASE = "/etc/openvswitch/conf.db"
SOCKET = "/run/openvswitch/db.sock"
SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def ovs_services(host: str) -> Services:
    """ovsdb-server and ovs-vswitchd, in the foreground."""
    database = (
        f"test -e {DATABASE} || ovsdb-tool create {DATABASE} {SCHEMA} && "
        f"exec ovsdb-server {DATABASE} --remote=punix:{SOCKET} --remote=db:Open_vSwitch,Open_vSwitch,manager_options "
        "--pidfile --unixctl=/run/openvswitch/ovsdb-server.ctl"
    )
    switch = (
        f"ovs-vsctl --retry --timeout=20 --no-wait -- init -- set Open_vSwitch . external_ids:system-id={host} "
        f"external_ids:hostname={host} && exec ovs-vswitchd unix:{SOCKET} --pidfile"
    )
    return {"ovsdb-server": Service(("sh", "-c", database)), "ovs-vswitchd": Service(("sh", "-c", switch))}
