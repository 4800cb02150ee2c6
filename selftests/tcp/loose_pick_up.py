#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A connection first seen in its middle is picked up if nf_conntrack_tcp_loose allows, unreplied with a short timeout, then assured.
from lab import *


def test():
    lab = Lab()
    sysctl("tcp_timeout_unacknowledged", 277)
    flow = TcpFlow(lab, cseq=1234567, sseq=7654321)
    flow.send("c", "PA", "NEW", payload=b"in the middle")
    check_equal("state", flow.state(), "ESTABLISHED")
    check(flow.row().unreplied and not flow.row().assured, "row is unreplied, not assured")
    check_timeout("picked up", flow.row(), 277)
    flow.send("s", "A", "REPLY")
    flow.send("c", "A", "ESTABLISHED")
    check(flow.row().assured, "row is assured after an answer")
    check_timeout("assured", flow.row(), 432000)
    # The scale factor was never seen: such a connection is treated liberally.
    flow.send("c", "PA", "ESTABLISHED", seq=flow.next["c"] + 200000, payload=b"far away")
    sysctl("tcp_loose", 0)
    strict = TcpFlow(lab, sport=40001)
    strict.send("c", "PA", "INVALID", payload=b"in the middle")
    strict.send("c", "A", "INVALID")
    check_equal("rows of the refused flow", len(rows(sport=40001)), 0)
    strict.send("c", "S", "NEW", what="SYN with loose off")


main(test)
