#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A RST within the window but not at the expected sequence number leaves the state alone: the peer answers it with a challenge ACK.
from lab import *


def test():
    lab = Lab()
    sysctl("tcp_timeout_unacknowledged", 277)
    sysctl("tcp_timeout_close", 99)
    flow = TcpFlow(lab).open()
    flow.send("s", "A", "REPLY")
    flow.send("c", "R", "ESTABLISHED", seq=flow.next["c"] + 500)
    check_equal("state", flow.state(), "ESTABLISHED")
    # The entry must not live for days now; 6.12 chose another limit than 6.1.
    check_timeout("after a doubtful RST", flow.row(), 277 if kernel_at_least(6, 12) else 99)
    flow.send("s", "A", "REPLY", what="challenge ACK")
    check_equal("state", flow.state(), "ESTABLISHED")


main(test)
