#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A packet that comes after its entry's time is over is NEW, whether the collector has been there or not.
from lab import *


def test():
    lab = Lab()
    sysctl("udp_timeout", 1)
    there = ip4(C, S, UDP, udp(1000, 53, b"x"))
    back = ip4(S, C, UDP, udp(53, 1000, b"y"))
    lab.expect("NEW", there)
    lab.expect("REPLY", back, side="s")
    born = time.monotonic()
    wait_for(lambda: time.monotonic() - born > 1.3, "its second is over")
    lab.expect("NEW", back, side="s", what="late answer")
    check_equal("rows", len(rows()), 1)
    check_equal("original source of the row", row().orig["src"], S)


main(test)
