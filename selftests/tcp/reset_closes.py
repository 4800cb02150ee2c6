#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A RST with exactly the expected sequence number closes an established connection, from either side.
from lab import *


def test():
    lab = Lab()
    for number, side in enumerate("cs"):
        flow = TcpFlow(lab, sport=41000 + number).open()
        flow.send("c", "PA", "ESTABLISHED", payload=b"request")
        flow.send("s", "PA", "REPLY", payload=b"answer")
        flow.send("c", "A", "ESTABLISHED")
        flow.send(side, "RA", "ESTABLISHED" if side == "c" else "REPLY")
        check_equal("state", flow.state(), "CLOSE")
        check_timeout("closed", flow.row(), 10)


main(test)
