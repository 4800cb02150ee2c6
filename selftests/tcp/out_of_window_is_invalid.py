#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Segments far outside the window are INVALID and change nothing; nf_conntrack_tcp_be_liberal lets them pass.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab, window=1000).open()
    flow.send("s", "A", "REPLY")
    next_c = flow.next["c"]
    flow.send("c", "A", "INVALID", seq=next_c + 200000, what="segment far beyond the window")
    flow.send("c", "A", "INVALID", ack=flow.next["s"] + 5000, what="ACK of data that nobody sent")
    flow.send("s", "PA", "INVALID", seq=flow.next["s"] + 70000, payload=b"data", what="data far beyond the window")
    check_equal("state", flow.state(), "ESTABLISHED")
    check_equal("statistic invalid", stat("invalid"), 3)
    sysctl("tcp_be_liberal", 1)
    flow.send("c", "A", "ESTABLISHED", seq=next_c + 200000, what="segment far beyond the window, liberal")
    flow.send("c", "A", "ESTABLISHED", ack=flow.next["s"] + 5000, what="ACK of data that nobody sent, liberal")
    sysctl("tcp_be_liberal", 0)
    other = TcpFlow(lab, sport=40009, window=1000).open()
    other.send("c", "A", "INVALID", seq=other.next["c"] + 200000, what="strict again: segment far beyond the window")


main(test)
