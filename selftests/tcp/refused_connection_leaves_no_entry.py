#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A SYN that is answered by RST leaves no entry behind.
from lab import *


def test():
    lab = Lab(v6=True)
    for v6 in (False, True):
        flow = TcpFlow(lab, v6=v6)
        flow.send("c", "S", "NEW")
        check_equal("state", flow.state(), "SYN_SENT")
        flow.send("s", "RA", "REPLY", seq=0)
        check_equal("entries after RST", len(rows(proto="tcp")), 0)
    check_equal("count", count(), 0)


main(test)
