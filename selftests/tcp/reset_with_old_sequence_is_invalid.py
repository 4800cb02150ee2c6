#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A RST below what the peer has acknowledged is INVALID, unless nf_conntrack_tcp_ignore_invalid_rst says to let it be.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab).open()
    flow.send("c", "PA", "ESTABLISHED", payload=b"x" * 100)
    flow.send("s", "A", "REPLY")
    before = stat("invalid")
    flow.send("c", "R", "INVALID", seq=flow.next["c"] - 50)
    check_equal("statistic invalid", stat("invalid"), before + 1)
    check_equal("state", flow.state(), "ESTABLISHED")
    check_timeout("untouched", flow.row(), 432000)
    sysctl("tcp_ignore_invalid_rst", 1)
    flow.send("c", "R", "ESTABLISHED", seq=flow.next["c"] - 50)
    check_equal("state, the RST being ignored", flow.state(), "ESTABLISHED")


main(test)
