#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A repeated SYN/ACK passes and changes no state.
from lab import *


def test():
    flow = TcpFlow(Lab())
    flow.send("c", "S", "NEW")
    flow.send("s", "SA", "REPLY", seq=5000)
    flow.send("s", "SA", "REPLY", seq=5000)
    check_equal("state", flow.state(), "SYN_RECV")
    flow.next["s"] = 5001
    flow.send("c", "A", "ESTABLISHED")
    flow.send("s", "SA", "REPLY", seq=5000, what="SYN/ACK after the ACK")
    check_equal("state", flow.state(), "ESTABLISHED")


main(test)
