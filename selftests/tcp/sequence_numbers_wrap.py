#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Windows are right when sequence numbers pass 2^32, in both directions.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab, cseq=2**32 - 3000, sseq=2**32 - 2, window=5000).open()
    for _ in range(6):
        flow.send("c", "PA", "ESTABLISHED", payload=b"x" * 1000)
        flow.send("s", "PA", "REPLY", payload=b"y" * 700)
    check(flow.next["c"] < 10000 and flow.next["s"] < 10000, "both sequence numbers have wrapped")
    flow.send("c", "A", "INVALID", seq=flow.next["c"] + 100000, what="segment beyond the window, after the wrap")
    flow.send("c", "A", "INVALID", seq=2**31 + flow.next["c"], what="segment half the circle away")
    flow.send("s", "A", "INVALID", ack=flow.next["c"] + 20000, what="ACK beyond the data, after the wrap")
    flow.send("c", "FA", "ESTABLISHED")
    flow.send("s", "FA", "REPLY")
    flow.send("c", "A", "ESTABLISHED")
    check_equal("state", flow.state(), "TIME_WAIT")


main(test)
