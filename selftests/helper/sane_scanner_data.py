#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SANE: the port in a scanner's answer to START is RELATED, over IPv4 and IPv6; a refusal, or an answer to something else, opens nothing.
import struct

from hosts import *

OPEN, START = 2, 7


def scan(tool, client, server, port):
    print(f"-- {client} scans")
    listener, data = tcp_listener(SERVER, server, 6566), tcp_listener(SERVER, server, port)
    control = tcp_connected(CLIENT, (client, 0), (server, 6566))
    scanner = listener.accept()[0]

    def told(request, answer):
        control.sendall(struct.pack("!II", request, 0))
        check_equal("request", struct.unpack("!II", scanner.recv(100)), (request, 0))
        scanner.sendall(struct.pack("!IHHI", *answer, 0x1234))
        check_equal("answer", struct.unpack("!IHHI", control.recv(100)), (*answer, 0x1234))

    def refused(what):
        try:
            tcp_connected(CLIENT, (client, 0), (server, port))
        except ConnectionRefusedError:
            print("ok:", what, flush=True)
        else:
            fail("connected: " + what)

    told(OPEN, (0, 0, port))
    told(START, (3, 0, port))
    told(START, (0, 1, port))
    check_equal("expectations", expectations(), [])
    refused("nothing is open yet")
    told(START, (0, 0, port))
    there = expectations()
    check_equal("expectations", len(there), 1)
    check(f"dport={port} " in there[0] and there[0].endswith(" sane"), f"it is {there}")
    stream = tcp_connected(CLIENT, (client, 0), (server, port))
    far = data.accept()[0]
    far.sendall(b"picture")
    check_equal("data", stream.recv(100), b"picture")
    check_equal("packets of RELATED, helper sane", hits("data", tool), 1)
    refused("it opens once only")


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_conntrack_sane")
    for tool in ("iptables", "ip6tables"):
        firewall("""*raw
            -A PREROUTING -i rc -p tcp --dport 6566 -j CT --helper sane
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctstate RELATED -m helper --helper sane -m comment --comment data -j ACCEPT
            -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
            -A FORWARD -i rc -p tcp --dport 6566 -j ACCEPT
            -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
            COMMIT""", tool)
    scan("iptables", C, S, 10001)
    scan("ip6tables", C6, S6, 10002)


main(test)
