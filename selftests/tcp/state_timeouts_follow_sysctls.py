#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each TCP state takes its timeout from its own sysctl, at the packet that enters the state.
from lab import *

SECONDS = {"syn_sent": 1011, "syn_recv": 1022, "established": 1033, "fin_wait": 1044, "close_wait": 1055, "last_ack": 1066,
           "time_wait": 1077, "close": 1088, "unacknowledged": 5000, "max_retrans": 5000}


def test():
    lab = Lab()
    for name, value in SECONDS.items():
        sysctl("tcp_timeout_" + name, value)
    flow = TcpFlow(lab)
    for side, flags, name in (("c", "S", "syn_sent"), ("s", "SA", "syn_recv"), ("c", "A", "established"), ("c", "FA", "fin_wait"),
                              ("s", "A", "close_wait"), ("s", "FA", "last_ack"), ("c", "A", "time_wait")):
        flow.send(side, flags)
        check_timeout(name, flow.row(), SECONDS[name])
    flow = TcpFlow(lab, sport=40001).open()
    flow.send("c", "R")
    check_equal("state after RST", flow.state(), "CLOSE")
    check_timeout("close", flow.row(), SECONDS["close"])
    # Both SYNs of a simultaneous open: SYN_SENT2 has the timeout of SYN_SENT.
    flow = TcpFlow(lab, sport=40002)
    flow.send("c", "S")
    sysctl("tcp_timeout_syn_sent", 2011)
    flow.send("s", "S")
    check_equal("state after the second SYN", flow.state(), "SYN_SENT2")
    got = flow.row().timeout
    check(1005 <= got <= 1011 or 110 <= got <= 120 or 2005 <= got <= 2011, f"SYN_SENT2 has a timeout of its own: {got}")


main(test)
