#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A damaged packet of an open connection is INVALID, and neither moves the connection nor renews it.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab).open()
    sysctl("tcp_timeout_close", 77)
    flow.send("c", "R", "INVALID", csum=0x1234, what="RST with a bad checksum")
    check_equal("state", flow.state(), "ESTABLISHED")
    check_timeout("untouched", flow.row(), 432000)
    flow.send("c", "R", "ESTABLISHED", what="RST with a good one")
    check_equal("state", flow.state(), "CLOSE")


main(test)
