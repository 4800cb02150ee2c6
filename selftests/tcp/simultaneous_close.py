#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# FINs that cross go from FIN_WAIT to LAST_ACK, and the ACKs end it.
from lab import *


def test():
    flow = TcpFlow(Lab()).open()
    c, s = flow.next["c"], flow.next["s"]
    flow.send("c", "FA", "ESTABLISHED", ack=s)
    check_equal("state", flow.state(), "FIN_WAIT")
    flow.send("s", "FA", "REPLY", ack=c)
    check_equal("state", flow.state(), "LAST_ACK")
    flow.send("c", "A", "ESTABLISHED")
    check_equal("state", flow.state(), "TIME_WAIT")
    flow.send("s", "A", "REPLY")
    check_equal("state", flow.state(), "TIME_WAIT")


main(test)
