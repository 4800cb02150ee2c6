#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Entries of connections that are closing are assured, and yet make room in a table that is full.
# time-limit: 300
from lab import *

LIMIT = 100


def test():
    with inside(None):
        run("modprobe", "nf_conntrack", "hashsize=512")
        sysctl("max", LIMIT)
    lab = Lab()
    for number in range(LIMIT):
        flow = TcpFlow(lab, sport=1000 + number)
        for side, flags in (("c", "S"), ("s", "SA"), ("c", "A"), ("c", "FA"), ("s", "FA"), ("c", "A")):
            flow.send(side, flags)
    check_equal("count", count(), LIMIT)
    check_equal("in TIME_WAIT", len(rows(state="TIME_WAIT")), LIMIT)
    lab.verdict(ip4(C, S, UDP, udp(1, 53, b"x")), seconds=0.2)      # may be refused: it asks the collector for help
    wait_for(lambda: lab.verdict(ip4(C, S, UDP, udp(1, 53, b"x")), seconds=0.2) == "NEW", "a new flow gets in, long before TIME_WAIT is over", 75)


main(test)
