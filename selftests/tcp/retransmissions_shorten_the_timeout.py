#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The same segment over and over, nf_conntrack_tcp_max_retrans times, brings the timeout down to max_retrans; progress brings it back.
from lab import *


def test():
    lab = Lab()
    sysctl("tcp_timeout_max_retrans", 177)
    sysctl("tcp_timeout_unacknowledged", 277)
    flow = TcpFlow(lab).open()
    flow.send("s", "A", "REPLY")
    seq = flow.next["c"]
    flow.send("c", "PA", payload=b"hello?")
    check_timeout("first transmission", flow.row(), 277)
    for again in (1, 2):
        flow.send("c", "PA", seq=seq, payload=b"hello?")
        check_timeout(f"retransmission {again}", flow.row(), 277)
    flow.send("c", "PA", seq=seq, payload=b"hello?")
    check_timeout("retransmission 3", flow.row(), 177)
    flow.send("s", "A", "REPLY")
    flow.send("c", "PA", payload=b"on we go")
    flow.send("s", "A", "REPLY")
    check_timeout("acknowledged", flow.row(), 432000)
    sysctl("tcp_max_retrans", 1)
    seq = flow.next["c"]
    flow.send("c", "PA", payload=b"hello?")
    flow.send("c", "PA", seq=seq, payload=b"hello?")
    check_timeout("max_retrans 1, retransmission 1", flow.row(), 177)


main(test)
