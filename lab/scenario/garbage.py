"""A hostile guest: garbage to the DHCP server, half-finished requests to the metadata service.

usage, inside a guest: python -m lab.scenario.garbage SERVER SEED    (prints `ready`, holds on until a line comes in)
"""

import random
import socket
import sys
from collections.abc import Sequence
from typing import Final

PACKETS: Final = 2000
CONNECTIONS: Final = 60
METADATA: Final = ("169.254.169.254", 80)
STARTS: Final = (
    b"",
    b"GET ",
    b"GET /latest/meta-data/ HTTP/1.1\r\nHost: x\r\n",
    b"\0\xff" * 400,
    b"POST / HTTP/1.1\r\n",
)
DISCOVER: Final = bytes.fromhex("01010600") + bytes(232) + bytes.fromhex("63825363 350101 3704 0103 7906 ff")


def packets(seed: int) -> list[bytes]:
    """Random bytes, and a DISCOVER that was cut, stretched or changed somewhere."""
    chance = random.Random(seed)
    made = []
    for _ in range(PACKETS):
        changed = bytearray(DISCOVER if chance.random() < 0.7 else chance.randbytes(chance.randrange(1, 1400)))
        for _ in range(chance.randrange(4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        made.append(bytes(changed[: chance.randrange(1, len(changed) + 1)] + chance.randbytes(chance.randrange(30))))
    return made


def main(argv: Sequence[str]) -> None:
    """Send all of it, then keep the connections open."""
    server, seed = argv[0], int(argv[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0")
        for number, packet in enumerate(packets(seed)):
            sender.sendto(packet, (server if number % 2 else "255.255.255.255", 67))
    held = []
    for number in range(CONNECTIONS):
        connection = socket.create_connection(METADATA, timeout=5)
        connection.sendall(STARTS[number % len(STARTS)])
        held.append(connection)
    print("ready", flush=True)
    sys.stdin.readline()
    for connection in held:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
