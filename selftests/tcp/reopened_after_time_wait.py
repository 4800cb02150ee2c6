#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A SYN in TIME_WAIT replaces the entry by a new connection, in either direction.
from lab import *


def close(flow):
    flow.send("c", "FA")
    flow.send("s", "A")
    flow.send("s", "FA")
    flow.send("c", "A")
    check_equal("state", flow.state(), "TIME_WAIT")


def test():
    lab = Lab()
    close(TcpFlow(lab).open())
    again = TcpFlow(lab, cseq=500000, sseq=600000)
    again.send("c", "S", "NEW", what="SYN of the next connection")
    check_equal("state", again.state(), "SYN_SENT")
    check(again.row().unreplied and not again.row().assured, "the entry is a new one")
    check_equal("rows", len(rows(proto="tcp")), 1)
    again.send("s", "SA", "REPLY")
    again.send("c", "A", "ESTABLISHED")
    close(again)
    again.send("s", "S", "NEW", seq=9000000, what="SYN from the other side")
    found = rows(proto="tcp")
    check_equal("rows", len(found), 1)
    check(found[0].orig["src"] == S and found[0].orig["sport"] == "80", "the other side is now the original one")


main(test)
