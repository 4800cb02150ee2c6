#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A row is shown to the end of its time and not longer.
from lab import *


def test():
    lab = Lab()
    sysctl("udp_timeout", 2)
    lab.put(ip4(C, S, UDP, udp(1000, 53, b"x")))
    born = time.monotonic()
    check_equal("rows", len(rows()), 1)
    wait_for(lambda: not rows(), "the row vanishes")
    check(1.5 <= time.monotonic() - born, "not before its time")
    wait_for(lambda: count() == 0, "the count follows")


main(test)
