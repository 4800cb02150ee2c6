#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A connection that went on while nobody tracked is not INVALID when tracking comes back.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab, window=1000).open()
    run("iptables-legacy", "-t", "mangle", "-F")
    for _ in range(40):
        for side in "cs":
            lab.put(flow.packet(side, "PA", payload=b"x" * 900), side)
            flow.next[side] += 900
    check(lab.verdict(flow.packet("c", "A")).startswith("unmarked"), "no rule, no verdict")
    lab.mark_states("iptables-legacy-restore")
    flow.send("c", "PA", "ESTABLISHED", payload=b"still here")
    flow.send("s", "PA", "REPLY", payload=b"so am I")
    check_equal("state", flow.state(), "ESTABLISHED")


main(test)
