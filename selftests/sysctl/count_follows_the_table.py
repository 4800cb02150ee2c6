#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# nf_conntrack_count is the number of entries of its namespace, and cannot be written.
from lab import *


def test():
    lab = Lab()
    check_equal("count", count(), 0)
    for number in range(1, 11):
        lab.put(ip4(C, S, UDP, udp(1000 + number, 53, b"x")))
        check_equal("count", count(), number)
    try:
        sysctl("count", 0)
        fail("count can be written")
    except OSError:
        pass
    check_equal("count", count(), 10)
    with inside(None):
        check_equal("count of the initial namespace", count(), 0)


main(test)
