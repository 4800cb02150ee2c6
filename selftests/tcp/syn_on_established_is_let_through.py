#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A SYN on an established connection passes without a change of state, so that the peer can answer with a challenge ACK.
from lab import *


def test():
    flow = TcpFlow(Lab()).open()
    flow.send("s", "A", "REPLY")
    flow.send("c", "S", "ESTABLISHED", seq=900000)
    check_equal("state after the SYN", flow.state(), "ESTABLISHED")
    flow.send("s", "A", "REPLY", what="challenge ACK")
    check_equal("state after the challenge ACK", flow.state(), "ESTABLISHED")
    flow.send("c", "R", "ESTABLISHED", what="RST at the acknowledged sequence")
    check_equal("state after the RST", flow.state(), "CLOSE")
    # The client tries again: its side aborted, so the entry is replaced at once.
    again = TcpFlow(flow.lab, cseq=900000, sseq=700000)
    again.send("c", "S", "NEW")
    check_equal("state of the new connection", again.state(), "SYN_SENT")
    again.send("s", "SA", "REPLY")
    again.send("c", "A", "ESTABLISHED")
    check_equal("state of the new connection", again.state(), "ESTABLISHED")


main(test)
