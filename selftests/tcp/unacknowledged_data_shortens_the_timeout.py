#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# While data waits for its acknowledgement, the established timeout is cut to tcp_timeout_unacknowledged.
from lab import *


def test():
    lab = Lab()
    sysctl("tcp_timeout_unacknowledged", 277)
    flow = TcpFlow(lab).open()
    check_timeout("opened", flow.row(), 432000)
    flow.send("c", "PA", payload=b"question")
    check_timeout("data on its way", flow.row(), 277)
    flow.send("s", "A", ack=flow.next["c"] - 4)
    check_timeout("half of it acknowledged", flow.row(), 277)
    flow.send("s", "A")
    check_timeout("all of it acknowledged", flow.row(), 432000)
    flow.send("s", "PA", payload=b"answer")
    check_timeout("data the other way", flow.row(), 277)
    flow.send("c", "A")
    check_timeout("acknowledged", flow.row(), 432000)
    # A larger value than the state's own timeout never lengthens it.
    sysctl("tcp_timeout_unacknowledged", 500000)
    flow.send("c", "PA", payload=b"question")
    check_timeout("capped by the state's timeout", flow.row(), 432000)


main(test)
