#!/bin/sh
# Runs a DHCP client in the mount namespace of its own, so that /etc, /var/lib and /run of the machine stay as they are.
# usage: dhcp_client.sh WORK CLIENT [WORD...]   (inside `ip netns exec GUEST unshare -m`)
set -eu
work=$1 client=$2
shift 2
mount --make-rprivate /
mount -t tmpfs tmpfs "$work"
for folder in /etc /var/lib; do
    layer=$work/$(echo "$folder" | tr / _)
    mkdir -p "$layer/upper" "$layer/work"
    mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layer/upper,workdir=$layer/work" "$folder"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/lock
case $client in
dhclient)
    timeout 15 dhclient -4 -1 -v -pf /run/client.pid -lf /run/client.leases "$@" eth0
    kill "$(cat /run/client.pid)"
    ;;
udhcpc)
    cat >/run/udhcpc.script <<'SCRIPT'
#!/bin/sh
# As cirros does: routes of 121 if busybox hands them over, else those of 33 and the router.
case $1 in
bound | renew)
    ip addr replace "$ip/$mask" dev "$interface"
    if [ -n "${staticroutes:-}" ]; then
        set -- $staticroutes
        while [ $# -gt 1 ]; do
            if [ "$2" = 0.0.0.0 ]; then ip route replace "$1" dev "$interface"; else ip route replace "$1" via "$2" dev "$interface"; fi
            shift 2
        done
    else
        for pair in ${routes:-}; do ip route replace "${pair%/*}" via "${pair#*/}" dev "$interface"; done
        for each in ${router:-}; do ip route replace default via "$each" dev "$interface"; done
    fi
    ;;
esac
SCRIPT
    chmod +x /run/udhcpc.script
    timeout 15 busybox udhcpc -n -q -f -i eth0 -s /run/udhcpc.script "$@"
    ;;
dhcpcd)
    timeout 15 dhcpcd -4 -A -B -1 -p -d "$@" eth0
    ;;
esac
