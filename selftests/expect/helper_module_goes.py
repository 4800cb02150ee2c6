#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The helper's module can go while its connections live: expectations vanish, nobody reads PORT any more.
from ftp import *


def test():
    lab = Lab()
    assign_helper()
    control = Control(lab).login()
    control.port(50001)
    check_expected("with the helper", 50001)
    withdraw_helper()
    run("modprobe", "-r", "nf_conntrack_ftp")
    check_expected("without the helper")
    lab.expect("NEW", ip(S, C, TCP, tcp(20, 50001, "S", 1, 0, 1000, b"")), "s", "SYN of the data connection")
    control.port(50002)
    check_expected("nobody listens")
    check_equal("the control connection", control.state(), "ESTABLISHED")


main(test)
