#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Types that are neither request nor error open nothing: replies alone, router discovery, and numbers that nobody has given out.
from lab import *


def test():
    lab = Lab(v6=True)
    for kind in (0, 9, 10, 14, 16, 18, 19, 40, 42, 255):
        lab.expect("INVALID", ip4(C, S, ICMP, icmp(kind, 0, b"\0\1\0\1", b"\0" * 16)), what=f"ICMP type {kind}")
    for kind in (129, 138, 140, 144, 150, 200, 255):
        lab.expect("INVALID", ip6(C6, S6, ICMP6, icmp6(kind, 0, b"\0\1\0\1", b"\0" * 16)), what=f"ICMPv6 type {kind}")
    check_equal("count", count(), 0)


main(test)
