#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A repeated SYN does not renew the entry's timeout, so that reused ports cannot keep a dead entry alive.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab)
    flow.send("c", "S", "NEW", seq=1000)
    sysctl("tcp_timeout_syn_sent", 3333)
    flow.send("c", "S", "NEW", seq=1000, what="the SYN again")
    check_equal("state", flow.state(), "SYN_SENT")
    check(flow.row().timeout <= 120, "timeout is still that of the first SYN")


main(test)
