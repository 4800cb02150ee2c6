#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A full table lets unassured entries go for new flows: the new ones get in, the count stays at the limit, early_drop counts.
from lab import *

LIMIT, MORE = 1000, 200


def test():
    with inside(None):
        run("modprobe", "nf_conntrack", "hashsize=512")
        sysctl("max", LIMIT)
    lab = Lab()
    for port in range(1, LIMIT + 1):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    check_equal("count", count(), LIMIT)
    check_equal("early_drop before", stat("early_drop"), 0)
    for port in range(20001, 20001 + MORE):
        got = lab.verdict(ip4(C, S, UDP, udp(port, 53, b"x")), seconds=0.5)
        if got != "NEW":
            fail(f"flow {port} into a full table: {got}")
    check(count() <= LIMIT + 1, f"count stays at the limit: {count()}")
    # Stock may let go of a few more than it needs.
    check(MORE <= stat("early_drop") <= 2 * MORE, f"early_drop: {stat('early_drop')}")
    check_equal("drop", stat("drop"), 0)
    # An entry that has just been let in is no less likely to go than others, but the last one is there.
    check_equal("row of the last flow", len(rows(sport=20000 + MORE)), 1)


main(test)
