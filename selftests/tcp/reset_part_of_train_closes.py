#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A RST right behind data that is not acknowledged yet closes the connection: both came in one train.
from lab import *


def test():
    flow = TcpFlow(Lab()).open()
    flow.send("c", "A", "ESTABLISHED")
    flow.send("s", "A", "REPLY")
    flow.send("c", "PA", "ESTABLISHED", payload=b"x" * 19)
    flow.send("c", "R", "ESTABLISHED")
    check_equal("state", flow.state(), "CLOSE")


main(test)
