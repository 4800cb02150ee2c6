#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A server that still holds an old connection answers SYN by ACK; the client's RST then closes, and the next SYN opens.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab)
    flow.send("c", "S", "NEW")
    flow.send("s", "A", "REPLY", seq=77777, ack=123456789, what="ACK of the old connection")
    check_equal("state", flow.state(), "SYN_SENT")
    flow.send("c", "R", "ESTABLISHED", seq=123456789, what="RST that answers it")
    check_equal("state", flow.state(), "CLOSE")
    again = TcpFlow(lab, cseq=4000)
    again.open()
    check_equal("state of the next connection", again.state(), "ESTABLISHED")


main(test)
