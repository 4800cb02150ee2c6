#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Neighbour discovery, router discovery and multicast listener messages are UNTRACKED and make no entry.
from lab import *

NEIGHBOUR = (133, 134, 135, 136)
LISTENER = (130, 131, 132, 143)


def test():
    lab = Lab(v4=False, v6=True)
    before = lab.seen("UNTRACKED", v6=True)
    for kind in NEIGHBOUR + LISTENER:
        body = addr(RC6) if kind in (135, 136) else b"\0" * 16
        lab.put(ip6(C6, RC6, ICMP6, icmp6(kind, 0, b"\0" * 4, body), hops=255))
        before += 1
        check(lab.seen("UNTRACKED", v6=True) >= before, f"type {kind} is UNTRACKED")
    check_equal("NEW packets", lab.seen("NEW", v6=True), 0)
    check_equal("INVALID packets", lab.seen("INVALID", v6=True), 0)
    check_equal("count", count(), 0)
    lab.put(ip6(C6, RC6, ICMP6, icmp6(135, 0, b"\0" * 4, addr(RC6), csum=0x1234), hops=255))
    check_equal("INVALID packets after a solicitation with a bad checksum", lab.seen("INVALID", v6=True), 1)


main(test)
