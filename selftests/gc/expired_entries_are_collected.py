#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Entries whose time is over vanish by themselves within about a minute, without a packet and without a reader of the table.
# time-limit: 300
from lab import *


def test():
    lab = Lab()
    sysctl("udp_timeout", 1)
    for port in range(1000, 1050):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    sysctl("udp_timeout", 300)
    lab.put(ip4(C, S, UDP, udp(2000, 53, b"lives on")))
    born = time.monotonic()
    check_equal("count", count(), 51)
    wait_for(lambda: count() == 1, "the 50 are gone", 80)
    print(f"# after {time.monotonic() - born:.1f} s")
    check_equal("the other is there", len(rows(sport=2000)), 1)


main(test)
