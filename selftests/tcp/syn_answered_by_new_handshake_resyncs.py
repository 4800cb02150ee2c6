#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A SYN let through on an old connection, and answered by SYN/ACK, is a new connection: the entry follows it.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab).open()
    flow.send("s", "A", "REPLY")
    new = TcpFlow(lab, cseq=3000000000, sseq=2000000000)
    new.send("c", "S", "ESTABLISHED")
    check_equal("state after SYN", new.state(), "ESTABLISHED")
    new.send("s", "SA", "REPLY")
    check_equal("state after SYN/ACK", new.state(), "SYN_RECV")
    new.send("c", "A", "ESTABLISHED")
    check_equal("state after ACK", new.state(), "ESTABLISHED")
    new.send("c", "PA", "ESTABLISHED", payload=b"data")
    new.send("s", "A", "REPLY")
    flow.send("c", "A", "INVALID", what="the old connection's sequence number")


main(test)
