#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# With many more buckets than entries, early drop finds a victim still: no new flow is refused while unassured entries exist.
from lab import *

LIMIT, MORE = 500, 300


def test():
    improvement_of_ours("stock looks for a victim in eight buckets only, and refuses if they are empty")
    run("modprobe", "nf_conntrack")
    sysctl("max", LIMIT)
    lab = Lab()
    for port in range(1, LIMIT + 1):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    for factor in (4, 64):
        with inside(None):
            sysctl("buckets", LIMIT * factor)
        refused = 0
        for port in range(200 * factor, 200 * factor + MORE):
            refused += lab.verdict(ip4(C, S, UDP, udp(port + 10000, 53, b"x")), seconds=0.3) != "NEW"
        check_equal(f"flows refused with {factor} buckets an entry", refused, 0)
        check(count() <= LIMIT + 1, f"count stays at the limit: {count()}")


main(test)
