#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A connection that opens and closes in order shows each TCP state in the table.
from lab import *


def test():
    flow = TcpFlow(Lab())
    flow.send("c", "S", "NEW")
    check_equal("state after SYN", flow.state(), "SYN_SENT")
    check(flow.row().unreplied and not flow.row().assured, "row is unreplied and not assured")
    flow.send("s", "SA", "REPLY")
    check_equal("state after SYN/ACK", flow.state(), "SYN_RECV")
    check(not flow.row().unreplied, "row is replied")
    flow.send("c", "A", "ESTABLISHED")
    check_equal("state after ACK", flow.state(), "ESTABLISHED")
    check(flow.row().assured, "row is assured")
    flow.send("c", "FA", "ESTABLISHED")
    check_equal("state after the first FIN", flow.state(), "FIN_WAIT")
    flow.send("s", "A", "REPLY")
    check_equal("state after its ACK", flow.state(), "CLOSE_WAIT")
    flow.send("s", "FA", "REPLY")
    check_equal("state after the second FIN", flow.state(), "LAST_ACK")
    flow.send("c", "A", "ESTABLISHED")
    check_equal("state after the last ACK", flow.state(), "TIME_WAIT")


main(test)
