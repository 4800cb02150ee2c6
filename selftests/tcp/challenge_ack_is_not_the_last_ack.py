#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# In LAST_ACK, a SYN is answered by a challenge ACK; that one does not finish the connection.
from lab import *


def test():
    flow = TcpFlow(Lab()).open()
    flow.send("c", "FA", "ESTABLISHED")
    flow.send("s", "A", "REPLY")
    flow.send("s", "FA", "REPLY")
    check_equal("state", flow.state(), "LAST_ACK")
    flow.send("c", "S", "ESTABLISHED", seq=800000, what="early SYN")
    check_equal("state after the SYN", flow.state(), "LAST_ACK")
    flow.send("s", "A", "REPLY", what="challenge ACK")
    check_equal("state after the challenge ACK", flow.state(), "LAST_ACK")
    flow.send("c", "A", "ESTABLISHED", what="real last ACK")
    check_equal("state after the last ACK", flow.state(), "TIME_WAIT")


main(test)
