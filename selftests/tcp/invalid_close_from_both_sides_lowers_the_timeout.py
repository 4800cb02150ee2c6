#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# FINs from both sides that are outside the window show that the entry is out of step: its timeout falls to unacknowledged.
from lab import *


def test():
    lab = Lab()
    sysctl("tcp_timeout_unacknowledged", 277)
    flow = TcpFlow(lab, window=1000).open()
    flow.send("s", "A", "REPLY")
    flow.send("c", "FA", "INVALID", seq=flow.next["c"] + 300000)
    check_timeout("one side", flow.row(), 432000)
    flow.send("s", "FA", "INVALID", seq=flow.next["s"] + 300000)
    check_timeout("both sides", flow.row(), 277)
    check_equal("state", flow.state(), "ESTABLISHED")


main(test)
