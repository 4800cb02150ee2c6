#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# After one side's FIN the other may go on sending; both FINs and the last ACK end it.
from lab import *


def test():
    flow = TcpFlow(Lab()).open()
    flow.send("c", "FA", "ESTABLISHED")
    flow.send("s", "A", "REPLY")
    check_equal("state", flow.state(), "CLOSE_WAIT")
    for _ in range(3):
        flow.send("s", "PA", "REPLY", payload=b"more " * 100)
        flow.send("c", "A", "ESTABLISHED")
    check_equal("state", flow.state(), "CLOSE_WAIT")
    flow.send("s", "FA", "REPLY")
    check_equal("state", flow.state(), "LAST_ACK")
    flow.send("s", "FA", "REPLY", seq=flow.next["s"] - 1, what="the FIN again")
    check_equal("state", flow.state(), "LAST_ACK")
    flow.send("c", "A", "ESTABLISHED")
    check_equal("state", flow.state(), "TIME_WAIT")


main(test)
