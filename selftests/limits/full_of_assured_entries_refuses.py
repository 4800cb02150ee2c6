#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A table full of assured connections refuses new flows, counts them as dropped, and says so in the kernel log; known flows go on.
from lab import *

LIMIT = 40


def test():
    with inside(None):
        run("modprobe", "nf_conntrack", "hashsize=512")
        sysctl("max", LIMIT)
    lab = Lab()
    flows = [TcpFlow(lab, sport=1000 + n) for n in range(LIMIT)]
    for flow in flows:
        flow.send("c", "S")
        flow.send("s", "SA")
        flow.send("c", "A")
    check_equal("count", count(), LIMIT)
    check(all(r.assured for r in rows()), "all assured")
    mark = log_mark()
    for port in (1, 2, 3):
        lab.expect("DROP", ip4(C, S, UDP, udp(port, 53, b"x")), what="new flow")
    check_equal("drop", stat("drop"), 3)
    check_equal("early_drop", stat("early_drop"), 0)
    check_equal("count", count(), LIMIT)
    check(any("nf_conntrack: nf_conntrack: table full, dropping packet" in line for line in log_lines(mark)), "the kernel log says so")
    flows[0].send("c", "PA", "ESTABLISHED", payload=b"known flows go on")
    with inside(None):
        sysctl("max", LIMIT + 1)
    lab.expect("NEW", ip4(C, S, UDP, udp(1, 53, b"x")), what="new flow after the limit was raised")


main(test)
