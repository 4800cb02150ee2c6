# SPDX-License-Identifier: GPL-2.0-only
"""Client - router - server with network stacks of their own, for tests whose both ends are plain sockets of one Python program.

The namespaces and addresses are those of lib.sh's topology(); the test itself lives in the router's namespace.
"""

import socket

from dialogue import expectations, rule, timeless_expectations  # noqa: F401 tests want them
from lab import *

CLIENT, SERVER = NS + "-c", NS + "-s"


def topology():
    run("bash", "-c", '. "$SELFTESTS/lib.sh"; trap - EXIT; topology')
    enter(ns_fd(ROUTER))


def new_socket(namespace, address, kind=socket.SOCK_STREAM):
    with inside(namespace):
        return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)


def udp_socket(namespace, address, port, **options):
    """Bound; whatever is to come must come soon. options: broadcast=True."""
    sock = new_socket(namespace, address, socket.SOCK_DGRAM)
    if options.get("broadcast"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind((address, port))
    sock.settimeout(5 * SLOW)
    return sock


def tcp_listener(namespace, address, port):
    sock = new_socket(namespace, address)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen()
    sock.settimeout(5 * SLOW)
    return sock


def tcp_connected(namespace, source, target):
    """A TCP connection from source to target, each (address, port)."""
    sock = new_socket(namespace, source[0])
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(source)
    sock.settimeout(5 * SLOW)
    sock.connect(target)
    return sock


def accepted(listener):
    """The next connection and who made it."""
    sock, peer = listener.accept()
    sock.settimeout(5 * SLOW)
    return sock, peer


def hear(what, sock):
    """The next datagram and who sent it."""
    try:
        return sock.recvfrom(65536)
    except TimeoutError:
        table = "".join(f"  {r}\n" for r in rows()) + "".join(f"  {line}\n" for line in expectations())
        fail(f"{what} did not arrive; table and expectations:\n{table}")


def hears_nothing(sock):
    """True if no datagram is waiting: for packets that are known to have been dropped."""
    sock.setblocking(False)
    try:
        return not sock.recv(65536)
    except BlockingIOError:
        return True
    finally:
        sock.settimeout(5 * SLOW)


def firewall(text, tool="iptables"):
    """Rules in the form of iptables-restore; hits() reads the counters of those that have a comment."""
    run(tool + "-legacy-restore", "-w", stdin="\n".join(line.strip() for line in text.splitlines()) + "\n")


def hits(comment, tool="iptables"):
    """Packets of the filter rules with that comment."""
    saved = run(tool + "-legacy-save", "-c", "-t", "filter")
    return sum(int(count) for count in re.findall(rf'^\[(\d+):\d+\] .*--comment "?{comment}"? ', saved + " ", re.M))
