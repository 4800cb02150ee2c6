#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A peer that closes its window leaves the connection with the max_retrans timeout until the window opens.
from lab import *


def test():
    lab = Lab()
    sysctl("tcp_timeout_max_retrans", 177)
    flow = TcpFlow(lab).open()
    flow.send("s", "A", "REPLY", window=0)
    check_timeout("window closed", flow.row(), 177)
    flow.send("s", "A", "REPLY", window=1000)
    check_timeout("window open", flow.row(), 432000)


main(test)
