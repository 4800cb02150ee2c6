#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Over IPv6 a connection shows the same states.
from lab import *


def test():
    flow = TcpFlow(Lab(v4=False, v6=True), v6=True)
    for side, flags, verdict, state in (("c", "S", "NEW", "SYN_SENT"), ("s", "SA", "REPLY", "SYN_RECV"), ("c", "A", "ESTABLISHED", "ESTABLISHED"),
                                        ("s", "FA", "REPLY", "FIN_WAIT"), ("c", "A", "ESTABLISHED", "CLOSE_WAIT"),
                                        ("c", "FA", "ESTABLISHED", "LAST_ACK"), ("s", "A", "REPLY", "TIME_WAIT")):
        flow.send(side, flags, verdict)
        check_equal("state", flow.state(), state)
    check(flow.row().l3 == "ipv6" and flow.row().l3num == 10, "row is ipv6 10")


main(test)
