#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# nf_conntrack_max 0 means that there is no limit.
from lab import *


def test():
    with inside(None):
        run("modprobe", "nf_conntrack")
        sysctl("max", 0)
    lab = Lab()
    for port in range(1, 301):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    check_equal("count", count(), 300)
    check_equal("drop", stat("drop"), 0)


main(test)
