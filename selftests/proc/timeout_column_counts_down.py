#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The timeout column is the number of seconds left, and each packet of the flow renews it.
from lab import *


def test():
    lab = Lab()
    packet = ip4(C, S, UDP, udp(1000, 53, b"x"))
    lab.expect("NEW", packet)
    check_timeout("fresh", row(), 30)
    wait_for(lambda: row().timeout <= 28, "it counts down")
    sysctl("udp_timeout", 40)
    check(row().timeout <= 28, "a new sysctl value does not touch an entry")
    lab.expect("NEW", packet)
    check_timeout("renewed", row(), 40)


main(test)
