#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Two SYNs that cross open one connection, whichever side answers first.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab)
    flow.send("c", "S", "NEW")
    flow.send("s", "S", "REPLY", ack=0)
    check_equal("state after both SYNs", flow.state(), "SYN_SENT2")
    # Each side answers the other's SYN with a SYN/ACK of its own first sequence number.
    flow.send("c", "SA", "ESTABLISHED", seq=1000, ack=5001)
    check_equal("state after the first SYN/ACK", flow.state(), "SYN_RECV")
    flow.send("s", "SA", "REPLY", seq=5000, ack=1001)
    flow.send("c", "A", "ESTABLISHED")
    check_equal("state after ACK", flow.state(), "ESTABLISHED")
    flow.send("s", "PA", "REPLY", payload=b"hello")
    flow.send("c", "A", "ESTABLISHED")
    check(flow.row().assured, "row is assured")
    check_equal("rows", len(rows(proto="tcp")), 1)


main(test)
