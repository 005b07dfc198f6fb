"""The rows of what is said about networks and ports: security groups, sharing, QoS; ports, and trunks."""

from openstack_table import Row

RULE = "--protocol tcp --dst-port 80:88 --ingress --ethertype IPv4 --remote-ip 192.0.2.0/24 --description web"
RULE_MADE = {
    "protocol": "tcp",
    "port_range_min": 80,
    "port_range_max": 88,
    "direction": "ingress",
    "ether_type": "IPv4",
    "remote_ip_prefix": "192.0.2.0/24",
    "description": "web",
}
REMOTES = frozenset({"Remote Security Group", "Remote Address Group"})
QOS_COLUMNS = frozenset({"Max Kbps", "Max Burst Kbits", "Min Kbps", "Min Kpps", "DSCP mark", "Direction"})

ROWS = (
    Row(
        "security group",
        "web",
        "--description text --stateless",
        {"description": "text", "stateful": False, "is_shared": False},
        ("--project admin", "--no-share"),
        ("--project lab", "--share"),
        "--stateful --description changed",
        {"stateful": True, "description": "changed"},
        blank=frozenset({"Tags"}),
        tags=True,
    ),
    Row(
        "security group rule",
        "",
        RULE,
        RULE_MADE,
        ("--ingress --protocol tcp", "doors"),
        ("--egress", "--protocol udp"),
        parent="doors",
        blank=REMOTES,
    ),
    Row(
        "security group rule",
        "",
        "--protocol icmp --icmp-type 8 --icmp-code 0 --egress --remote-group doors",
        {"protocol": "icmp", "port_range_min": 8, "port_range_max": 0, "direction": "egress"},
        ("--egress --protocol icmp",),
        ("--ingress",),
        parent="doors",
        blank=REMOTES,
    ),
    Row(
        "security group rule",
        "",
        "--protocol udp --dst-port 53 --remote-address-group friends",
        {"protocol": "udp", "port_range_min": 53, "port_range_max": 53},
        parent="doors",
        blank=REMOTES,
    ),
    Row(
        "default security group rule",
        "",
        f"{RULE} --for-default-sg --for-custom-sg",
        RULE_MADE | {"used_in_default_sg": True, "used_in_non_default_sg": True},
        ("--ingress --protocol tcp",),
        ("--egress",),
        blank=REMOTES,
    ),
    Row(
        "address group",
        "full",
        "--address 192.0.2.0/24 --address 2001:db8::1 --description text",
        {"addresses": ["192.0.2.0/24", "2001:db8::1/128"], "description": "text"},
        ("--name full", "--project admin"),
        ("--name other", "--project lab"),
        "--address 198.51.100.0/24 --description changed",
        {"addresses": ["192.0.2.0/24", "198.51.100.0/24", "2001:db8::1/128"], "description": "changed"},
        "--address 192.0.2.0/24",
        {"addresses": ["198.51.100.0/24", "2001:db8::1/128"]},
    ),
    *(
        Row(
            "network rbac",
            "",
            f"--target-project lab --type {kind} --action {action} {of}",
            {"object_type": kind, "action": action},
            (f"--type {kind} --action {action} --long", "--target-project lab"),
            ("--type network" if kind != "network" else "--type qos_policy", "--target-project admin"),
            "--target-project service",
        )
        for kind, of, action in (
            ("network", "ground", "access_as_shared"),
            ("network", "ground", "access_as_external"),
            ("qos_policy", "gold", "access_as_shared"),
            ("security_group", "doors", "access_as_shared"),
            ("address_scope", "campus", "access_as_shared"),
            ("subnetpool", "blocks", "access_as_shared"),
            ("address_group", "friends", "access_as_shared"),
        )
    ),
    Row(
        "network qos policy",
        "silver",
        "--share --default --description text",
        {"shared": True, "is_default": True, "description": "text", "rules": []},
        ("--share --project admin",),
        ("--no-share", "--project lab"),
        "--no-share --no-default --description changed",
        {"shared": False, "is_default": False, "description": "changed"},
    ),
    *(
        Row(
            "network qos rule",
            "",
            f"--type {kind} {options}",
            made,
            set=changes,
            changed=changed,
            parent="gold",
            blank=QOS_COLUMNS,
        )
        for kind, options, made, changes, changed in (
            (
                "bandwidth-limit",
                "--max-kbps 1000 --max-burst-kbits 800 --ingress",
                {"max_kbps": 1000, "max_burst_kbps": 800, "direction": "ingress"},
                "--max-kbps 2000 --egress",
                {"max_kbps": 2000, "direction": "egress"},
            ),
            ("dscp-marking", "--dscp-mark 26", {"dscp_mark": 26}, "--dscp-mark 46", {"dscp_mark": 46}),
            (
                "minimum-bandwidth",
                "--min-kbps 100 --egress",
                {"min_kbps": 100, "direction": "egress"},
                "--min-kbps 200",
                {"min_kbps": 200},
            ),
            (
                "minimum-packet-rate",
                "--min-kpps 10 --any",
                {"min_kpps": 10, "direction": "any"},
                "--min-kpps 20",
                {"min_kpps": 20},
            ),
        )
    ),
    Row(
        "port",
        "full",
        "--network ground --description text --device machine --device-owner compute:nova --host hv1 --disable"
        " --vnic-type normal --binding-profile rack=7 --fixed-ip subnet=ground,ip-address=10.32.0.77"
        " --mac-address fa:16:3e:00:33:01 --security-group doors --dns-name web --dns-domain example.org."
        " --extra-dhcp-option name=tftp-server,value=10.32.0.9,ip-version=4 --enable-port-security"
        " --allowed-address ip-address=10.32.0.200,mac-address=fa:16:3e:00:33:09 --enable-uplink-status-propagation",
        {
            "description": "text",
            "device_id": "machine",
            "device_owner": "compute:nova",
            "binding_host_id": "hv1",
            "binding_vif_type": "ovs",
            "binding_profile": {"rack": "7"},
            "admin_state_up": False,
            "mac_address": "fa:16:3e:00:33:01",
            "dns_name": "web",
            "dns_domain": "example.org.",
            "extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": "10.32.0.9", "ip_version": 4}],
            "allowed_address_pairs": [{"ip_address": "10.32.0.200", "mac_address": "fa:16:3e:00:33:09"}],
            "port_security_enabled": True,
            "propagate_uplink_status": True,
            "ip_allocation": "immediate",
        },
        (
            "--network ground --device-id machine --device-owner compute:nova --mac-address fa:16:3e:00:33:01",
            "--fixed-ip subnet=ground,ip-address=10.32.0.77 --host hv1 --name full",
            "--fixed-ip ip-substring=10.32.0. --project admin --status DOWN",
        ),
        ("--fixed-ip ip-address=10.32.0.78", "--host hv2", "--device-id other", "--project lab", "--status ACTIVE"),
        "--enable --description changed --device other --dns-name other --no-binding-profile --no-allowed-address"
        " --fixed-ip subnet=ground,ip-address=10.32.0.78 --extra-dhcp-option name=router,value=10.32.0.3",
        {
            "admin_state_up": True,
            "description": "changed",
            "device_id": "other",
            "dns_name": "other",
            "binding_profile": {},
            "allowed_address_pairs": [],
        },
        "--device --device-owner --host --security-group doors --fixed-ip subnet=ground,ip-address=10.32.0.77",
        {"device_id": "", "device_owner": "", "binding_host_id": "", "binding_vif_type": "unbound"},
        long="--long",
        blank=frozenset({"Tags", "Trunk subports"}),
        tags=True,
    ),
    Row(
        "network trunk",
        "full",
        "--parent-port parent --description text --subport port=child,segmentation-type=vlan,segmentation-id=42",
        {"description": "text", "is_admin_state_up": True, "status": "DOWN"},
        ("--long",),
        (),
        "--description changed",
        {"description": "changed"},
        "--subport child",
        {"sub_ports": []},
    ),
)
