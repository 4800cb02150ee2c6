#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A control connection takes its expectations with it; a data connection that it has had goes on.
from ftp import *


def test():
    lab = Lab()
    assign_helper()
    sysctl("tcp_timeout_close", 1)
    control = Control(lab).login()
    control.port(50001)
    lab.expect("RELATED", ip(S, C, TCP, tcp(20, 50001, "S", 1, 0, 1000, b"")), "s", "SYN of a data connection")
    control.port(50002)
    check_expected("one more", 50002)
    control.send("c", "R", "ESTABLISHED")
    wait_for(lambda: not rows(dport=21), "the control connection is gone")
    check_expected("without its master")
    lab.expect("NEW", ip(S, C, TCP, tcp(20, 50002, "S", 1, 0, 1000, b"")), "s", "SYN of a data connection that came too late")
    lab.expect("REPLY", ip(C, S, TCP, tcp(50001, 20, "SA", 1, 2, 1000, b"")), "c", "SYN/ACK of the one before")


main(test)
