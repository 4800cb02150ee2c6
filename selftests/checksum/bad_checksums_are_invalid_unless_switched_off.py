#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# With nf_conntrack_checksum (the default) a packet with a bad checksum is INVALID; without it, it is tracked.
from lab import *


def test():
    lab = Lab(v6=True)
    check_equal("default", sysctl("checksum"), 1)
    bad = (("TCP", ip4(C, S, TCP, tcp(1000, 80, "S", csum=0x1234))), ("UDP", ip4(C, S, UDP, udp(1000, 53, b"x", csum=0x1234))),
           ("ICMP", ip4(C, S, ICMP, icmp(8, 0, b"\0\1\0\1", b"ping", csum=0x1234))), ("TCP over IPv6", ip6(C6, S6, TCP, tcp(1000, 80, "S", csum=0x1234))),
           ("UDP over IPv6", ip6(C6, S6, UDP, udp(1000, 53, b"x", csum=0x1234))),
           ("ICMPv6", ip6(C6, S6, ICMP6, icmp6(128, 0, b"\0\1\0\1", b"ping", csum=0x1234))))
    for name, packet in bad:
        lab.expect("INVALID", packet, what=name)
    check_equal("count", count(), 0)
    sysctl("checksum", 0)
    for name, packet in bad:
        lab.expect("NEW", packet, what=name + ", not verified")
    check_equal("count", count(), len(bad))


main(test)
