#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# After a RST by the server, the client's next SYN passes, and its SYN/ACK brings the entry back to life.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab).open()
    flow.send("s", "RA", "REPLY")
    check_equal("state", flow.state(), "CLOSE")
    again = TcpFlow(lab, cseq=500000, sseq=600000)
    again.send("c", "S")
    again.send("s", "SA", "REPLY")
    check_equal("state after SYN/ACK", again.state(), "SYN_RECV")
    again.send("c", "A", "ESTABLISHED")
    check_equal("state after ACK", again.state(), "ESTABLISHED")


main(test)
