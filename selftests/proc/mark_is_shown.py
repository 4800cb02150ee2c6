#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A mark set by CONNMARK is shown, and restored to the packets of the flow.
from lab import *


def test():
    lab = Lab()
    run("modprobe", "xt_connmark")
    run("iptables-legacy", "-t", "mangle", "-I", "PREROUTING", "-p", "udp", "-j", "CONNMARK", "--set-mark", "4294967295")
    lab.expect("NEW", ip4(C, S, UDP, udp(1000, 53, b"x")))
    check_equal("mark", row().more["mark"], "4294967295")


main(test)
