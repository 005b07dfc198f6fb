"""Every setting of every program, with its default and what it means.

One TOML file holds them, a table per struct (`[server]`, `[nova]`, `[agent]`, ...); an environment
variable `UNDERLAY_<TABLE>_<SETTING>` in upper case beats the file. Loading is `main.config`'s work.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[server]`: underlay-server."""

    database: Annotated[str, Meta(description="SQLAlchemy URL of the database; a SQLite file by default.")] = (
        "sqlite:////var/lib/underlay/underlay.sqlite"
    )
    listen_address: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    listen_port: Annotated[int, Meta(description="TCP port to listen on.")] = 9696
    public_url: Annotated[
        str, Meta(description="How clients reach this server, for the catalog; empty: as the request's Host says.")
    ] = ""
    secret_file: Annotated[
        str, Meta(description="File with the key that signs tokens; made by `underlay-server init`, mode 0600.")
    ] = "/var/lib/underlay/token.key"
    token_lifetime_s: Annotated[int, Meta(description="Seconds until a token expires.")] = 3600
    tls_certificate_file: Annotated[
        str, Meta(description="PEM file with the server's certificate and its chain: serve HTTPS; empty: HTTP.")
    ] = ""
    tls_key_file: Annotated[
        str, Meta(description="PEM file with the certificate's key, mode 0600; empty: it is in the certificate's file.")
    ] = ""
    identity: Annotated[
        Literal["embedded", "keystone", "none"],
        Meta(
            description="Who knows users: this server, an existing Keystone, or nobody (everyone is administrator; "
            "[identity.md](identity.md)). Hosts log in to this server in any case."
        ),
    ] = "embedded"
    open_to_everyone: Annotated[
        bool,
        Meta(
            description='With `identity = "none"`: listen on an address that is not loopback all the same, because '
            "only an authenticating proxy gets at the port."
        ),
    ] = False
    identity_lockout_failures: Annotated[
        int, Meta(description="So many failed logins in a row lock a user out; 0: nobody is ever locked out.", ge=0)
    ] = 5
    identity_lockout_s: Annotated[int, Meta(description="Seconds that a user is locked out for.", ge=0)] = 300
    keystone_url: Annotated[
        str, Meta(description='The Keystone to ask, with or without /v3, for `identity = "keystone"`.')
    ] = ""
    keystone_username: Annotated[
        str, Meta(description="User that validates tokens there; needs role admin or service.")
    ] = "underlay"
    keystone_project: Annotated[str, Meta(description="Project of that user.")] = "service"
    keystone_domain: Annotated[str, Meta(description="Name of the domain of that user and project.")] = "Default"
    keystone_password_file: Annotated[str, Meta(description="File with that user's password, mode 0600.")] = (
        "/etc/underlay/keystone.password"
    )
    keystone_ca_file: Annotated[
        str, Meta(description="PEM file with the CA that Keystone's certificate is checked by; empty: the system's.")
    ] = ""
    keystone_cache_s: Annotated[
        float,
        Meta(description="A token once checked is taken for valid for so long: revocation takes effect then.", ge=0),
    ] = 30.0
    policy_file: Annotated[
        str,
        Meta(description="YAML file that changes who may do what ([policy.md](policy.md)); empty: the defaults."),
    ] = ""
    network_vlan_ranges: Annotated[
        str,
        Meta(description="`physical_network[:first:last]`, comma-separated; a repeated name adds a range."),
    ] = ""
    tenant_network_type: Annotated[
        Literal["vlan", "local", "none"], Meta(description="What a network without provider attributes becomes.")
    ] = "vlan"
    base_mac: Annotated[str, Meta(description="MACs that the server makes start with its first three bytes.")] = (
        "fa:16:3e:00:00:00"
    )
    default_mtu: Annotated[
        int, Meta(description="MTU of a network created without one, in bytes, where its physical network carries it.")
    ] = 1500
    physical_network_mtus: Annotated[
        str,
        Meta(
            description="`physical_network:mtu`, comma-separated: the largest MTU that its networks may have; "
            "`default_mtu` for those that are not named."
        ),
    ] = ""
    quota_network: Annotated[int, Meta(description="Default quota of networks a project; -1 is unlimited.")] = 100
    quota_subnet: Annotated[int, Meta(description="Default quota of subnets a project; -1 is unlimited.")] = 100
    quota_port: Annotated[int, Meta(description="Default quota of ports a project; -1 is unlimited.")] = 500
    quota_subnetpool: Annotated[int, Meta(description="Default quota of subnet pools a project; -1 is unlimited.")] = -1
    dns_domain: Annotated[
        str, Meta(description="Domain of hosts in `dns_assignment`; the same as the agents' `dns_domain`.")
    ] = "openstacklocal"
    quota_rbac_policy: Annotated[
        int, Meta(description="Default quota of RBAC policies a project; -1 is unlimited.")
    ] = 10
    max_dns_nameservers: Annotated[int, Meta(description="At most so many DNS servers a subnet.")] = 5
    max_subnet_host_routes: Annotated[int, Meta(description="At most so many host routes a subnet.")] = 20
    max_fixed_ips_per_port: Annotated[int, Meta(description="At most so many addresses a port.")] = 5
    quota_security_group: Annotated[
        int, Meta(description="Default quota of security groups a project; -1 is unlimited.")
    ] = 10
    quota_security_group_rule: Annotated[
        int, Meta(description="Default quota of security group rules a project; -1 is unlimited.")
    ] = 100
    max_allowed_address_pairs: Annotated[int, Meta(description="At most so many allowed address pairs a port.")] = 10
    unenforced: Annotated[
        Literal["warn", "refuse"],
        Meta(
            description="What becomes of a request for something that hosts do not enforce yet, such as a rule of a "
            "security group: accepted with a `Warning` header, or refused."
        ),
    ] = "warn"
    agent_down_time_s: Annotated[int, Meta(description="An agent silent for longer is shown as down.")] = 75
    allow_automatic_dhcp_failover: Annotated[
        bool, Meta(description="Whether networks of a DHCP agent that is down go to others that reach them.")
    ] = True
    dhcp_served_by: Annotated[
        Literal["both", "hosts", "agents"],
        Meta(
            description="Who answers DHCP and metadata on a network created without saying: each host its own ports "
            "and DHCP agents everybody else, the hosts alone, or the agents alone."
        ),
    ] = "both"
    dhcp_agents_per_network: Annotated[int, Meta(description="DHCP agents that serve a network.")] = 1
    max_request_bytes: Annotated[int, Meta(description="A larger request body gets 413.")] = 1_048_576
    max_connections: Annotated[
        int,
        Meta(
            description="Connections of clients at once; beyond, the one that has waited longest for a request is "
            "closed. The limit of open files must allow it, else there are fewer.",
            ge=1,
        ),
    ] = 8192
    pagination_max_limit: Annotated[
        int,
        Meta(description="A list answers with at most so many, and a link to the next ones; -1 is unlimited."),
    ] = -1
    change_retention: Annotated[
        int, Meta(description="Changes kept for watchers that reconnect; older revisions get 410 and list again.")
    ] = 100_000


class NovaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[nova]`: underlay-server tells Nova when its instances' ports are plugged ([nova.md](nova.md))."""

    auth_url: Annotated[
        str, Meta(description="The Keystone to log in to, with or without /v3; empty: Nova is not told anything.")
    ] = ""
    username: Annotated[
        str, Meta(description="User that Nova takes external events from; needs role admin or service.")
    ] = "underlay"
    password_file: Annotated[str, Meta(description="File with that user's password, mode 0600.")] = (
        "/etc/underlay/nova.password"
    )
    project_name: Annotated[str, Meta(description="Project of that user.")] = "service"
    user_domain_name: Annotated[str, Meta(description="Name of that user's domain.")] = "Default"
    project_domain_name: Annotated[str, Meta(description="Name of that project's domain.")] = "Default"
    region: Annotated[str, Meta(description="Region of Nova in the catalog; empty: the first that there is.")] = ""
    interface: Annotated[
        Literal["public", "internal", "admin"], Meta(description="Which of Nova's endpoints in the catalog.")
    ] = "public"
    url: Annotated[
        str, Meta(description="The Compute API with its version, `http://nova:8774/v2.1`; empty: from the catalog.")
    ] = ""
    ca_file: Annotated[
        str,
        Meta(description="PEM file with the CA that both certificates are checked by; empty: the system's."),
    ] = ""
    connect_timeout_s: Annotated[float, Meta(description="Seconds until a connection is made.", gt=0)] = 5.0
    answer_timeout_s: Annotated[float, Meta(description="Seconds of silence until a request is sent again.", gt=0)] = (
        30.0
    )
    position_file: Annotated[str, Meta(description="Where the server keeps up to which change Nova was told.")] = (
        "/var/lib/underlay/nova.position"
    )


class AgentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[agent]`: underlay-agent."""

    server_url: Annotated[str, Meta(description="URL of underlay-server.")] = "http://127.0.0.1:9696"
    server_ca_file: Annotated[
        str, Meta(description="PEM file with the CA that the server's certificate is checked by; empty: the system's.")
    ] = ""
    username: Annotated[str, Meta(description="Name of this host's user; empty: the host's name.")] = ""
    password_file: Annotated[
        str, Meta(description="File with the key printed by `underlay-server host-add`, mode 0600.")
    ] = "/etc/underlay/host.key"
    host: Annotated[str, Meta(description="This host's name; empty: as the kernel says.")] = ""
    state_dir: Annotated[str, Meta(description="Where the snapshot and the pumps' tables are kept.")] = (
        "/var/lib/underlay"
    )
    ovsdb: Annotated[str, Meta(description="Connection to the host's ovsdb-server.")] = (
        "unix:/var/run/openvswitch/db.sock"
    )
    integration_bridge: Annotated[str, Meta(description="The bridge that machines are plugged into.")] = "br-int"
    bridge_mappings: Annotated[
        str, Meta(description="`physical_network:bridge`, comma-separated; bridge names of at most 11 characters.")
    ] = ""
    bridge_interfaces: Annotated[
        str,
        Meta(description="`bridge:interface`, comma-separated: a mapped bridge that is missing is made with it."),
    ] = ""
    datapath_type: Annotated[
        Literal["system", "netdev"], Meta(description="Open vSwitch datapath: the kernel's, or userspace.")
    ] = "system"
    report_interval_s: Annotated[float, Meta(description="Seconds between heartbeats.")] = 30.0
    dhcp_agent: Annotated[bool, Meta(description="Whether this host serves DHCP and metadata for whole networks.")] = (
        False
    )
    local_service: Annotated[
        bool,
        Meta(
            description="Whether this host answers DHCP and metadata for its own ports, once underlay-dhcp and "
            "underlay-metadata have run here."
        ),
    ] = True
    local_namespace: Annotated[
        str, Meta(description="Namespace in which they answer for them; another for each agent on one machine.")
    ] = "underlay-local"
    enable_isolated_metadata: Annotated[
        bool, Meta(description="Whether the host's own ports and served networks get 169.254.169.254.")
    ] = True
    dhcp_metadata_route: Annotated[
        Literal["auto", "always", "never"],
        Meta(
            description="Whether DHCP tells a route to 169.254.169.254 (options 121, 249, 33). `auto`: where a client "
            "needs one, which is where the host does not catch its packets, or where it has no gateway."
        ),
    ] = "auto"
    availability_zone: Annotated[
        str, Meta(description="Where this host is; networks may ask to be served from some zones only.")
    ] = "nova"
    dhcp_lease_duration_s: Annotated[int, Meta(description="Lease time told to clients.")] = 86_400
    dns_domain: Annotated[str, Meta(description="Domain name told to clients (option 15).")] = "openstacklocal"


class DhcpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[dhcp]`: underlay-dhcp."""

    table_dir: Annotated[str, Meta(description="Where the agent writes the DHCP tables.")] = "/var/lib/underlay/dhcp"
    requests_per_s: Annotated[
        float, Meta(description="Requests that one of the host's own ports may send a second; 0: any number.", ge=0)
    ] = 5.0
    requests_at_once: Annotated[float, Meta(description="So many of them at once after a silence.", ge=1)] = 20.0


class MetadataSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[metadata]`: underlay-metadata."""

    table_dir: Annotated[str, Meta(description="Where the agent writes the metadata tables.")] = (
        "/var/lib/underlay/metadata"
    )
    requests_per_s: Annotated[
        float, Meta(description="Requests that one of the host's own ports may send a second; 0: any number.", ge=0)
    ] = 50.0
    requests_at_once: Annotated[float, Meta(description="So many of them at once after a silence.", ge=1)] = 200.0
    nova_metadata_url: Annotated[
        str, Meta(description="Relay to this Nova metadata server instead of answering from instance records.")
    ] = ""
    nova_repeat_s: Annotated[
        float,
        Meta(
            description="While Nova does not answer, its last good answer to the same instance and path is repeated "
            "if it is no older than this, in seconds; 0: never.",
            ge=0,
        ),
    ] = 3600.0
    shared_secret_file: Annotated[
        str, Meta(description="File with Nova's metadata_proxy_shared_secret, mode 0600; for the relay.")
    ] = ""


class ComputeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[compute]`: servers (guests), as underlay-server takes them in by the Compute API."""

    enabled: Annotated[
        bool,
        Meta(
            description="Whether the Compute and Image APIs are served, and named in the catalog; not beside a Nova "
            "([compute.md](compute.md))."
        ),
    ] = False
    flavors: Annotated[
        str,
        Meta(
            description="`name:vcpus:ram_mb:disk_gb`, comma-separated: how large servers can be; disk 0: as the image."
        ),
    ] = "m1.nano:1:128:1,m1.tiny:1:512:1,m1.small:1:2048:20,m1.medium:2:4096:40,m1.large:4:8192:80"
    max_servers: Annotated[int, Meta(description="Servers a project, at most; -1 is unlimited.", ge=-1)] = 100


class ImageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[image]`: what servers boot from, as underlay-server shows it by the Image API."""

    directory: Annotated[str, Meta(description="The images are the files of this directory.")] = (
        "/var/lib/underlay/images"
    )


class HypervisorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[hypervisor]`: underlay-compute; how to reach server and Open vSwitch it takes from `[agent]`."""

    accelerator: Annotated[
        Literal["tcg", "kvm"],
        Meta(description="How guests are run: by emulation, which works everywhere, or by the processor's own means."),
    ] = "tcg"
    emulator: Annotated[str, Meta(description="QEMU's program.")] = "qemu-system-x86_64"
    run_dir: Annotated[
        str, Meta(description="Where sockets and process ids of guests are: in memory, empty when a host boots.")
    ] = "/run/underlay/compute"
    vcpus: Annotated[int, Meta(description="Processors told to the server; 0: those of the machine.", ge=0)] = 0
    ram_mb: Annotated[int, Meta(description="Memory for guests, in MiB; 0: all of the machine less 512.", ge=0)] = 0
    disk_gb: Annotated[
        int, Meta(description="Room for guests' disks, in GiB; 0: what `state_dir`'s file system has.", ge=0)
    ] = 0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    server: ServerSettings = ServerSettings()
    nova: NovaSettings = NovaSettings()
    agent: AgentSettings = AgentSettings()
    dhcp: DhcpSettings = DhcpSettings()
    metadata: MetadataSettings = MetadataSettings()
    compute: ComputeSettings = ComputeSettings()
    image: ImageSettings = ImageSettings()
    hypervisor: HypervisorSettings = HypervisorSettings()
