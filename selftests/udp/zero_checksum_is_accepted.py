#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# UDP without a checksum is tracked like any other.
from lab import *


def test():
    lab = Lab(v6=True)
    lab.expect("NEW", ip4(C, S, UDP, udp(1, 2, b"data", csum=0)), what="IPv4")
    lab.expect("NEW", ip6(C6, S6, UDP, udp(1, 2, b"data", csum=0)), what="IPv6")
    check_equal("count", count(), 2)


main(test)
