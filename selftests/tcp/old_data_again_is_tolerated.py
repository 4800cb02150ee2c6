#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Data and ACKs from before the window are delivered as ESTABLISHED but do not renew the entry.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab, window=1000).open()
    for _ in range(5):
        flow.send("c", "PA", payload=b"x" * 900)
        flow.send("s", "A")
    sysctl("tcp_timeout_established", 5555)
    flow.send("c", "PA", "ESTABLISHED", seq=flow.next["c"] - 4500, payload=b"x" * 900, what="data acknowledged long ago")
    check(flow.row().timeout > 400000, "the entry was not renewed")
    check_equal("state", flow.state(), "ESTABLISHED")
    check_equal("statistic invalid", stat("invalid"), 0)
    flow.send("c", "PA", "ESTABLISHED", payload=b"x" * 100)
    flow.send("s", "A", "REPLY")
    check_timeout("renewed by good data", flow.row(), 5555)


main(test)
