#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The FTP helper reads PORT and 227: the data connection is RELATED, once, and its expectation is shown meanwhile.
from ftp import *


def test():
    lab = Lab()
    assign_helper()
    control = Control(lab).login()
    check_expected("after the login")

    control.port(50001)
    check_expected("active", 50001)
    [e] = expectations()
    check_equal("its tuple", (e.l3, e.proto, e.src, e.dst, e.sport), (2, 6, S, C, 0))
    check_equal("its helper", e.helper, "ftp")
    check(LIFE - 8 <= e.timeout <= LIFE, f"its time: {e.timeout}")
    created, deleted, fulfilled = stat("expect_create"), stat("expect_delete"), stat("expect_new")

    lab.expect("NEW", ip(S, C, TCP, tcp(20, 50002, "S", 1, 0, 1000, b"")), "s", "SYN to another port")
    syn = ip(S, C, TCP, tcp(20, 50001, "S", 1, 0, 1000, b""))
    lab.expect("RELATED", syn, "s", "SYN of the data connection")
    check_expected("fulfilled")
    check_equal("counters", (stat("expect_create") - created, stat("expect_delete") - deleted, stat("expect_new") - fulfilled), (0, 1, 1))
    lab.expect("REPLY", ip(C, S, TCP, tcp(50001, 20, "SA", 1, 2, 1000, b"")), "c", "its SYN/ACK")
    lab.expect("ESTABLISHED", ip(S, C, TCP, tcp(20, 50001, "A", 2, 2, 1000, b"")), "s", "its ACK")
    lab.expect("NEW", ip(S, C, TCP, tcp(1020, 50001, "S", 1, 0, 1000, b"")), "s", "SYN of a second one")

    control.passive(40001)
    [e] = expectations()
    check_equal("passive", (e.src, e.dst, e.sport, e.dport, e.helper), (C, S, 0, 40001, "ftp"))
    # A reader that stops in the middle of a line leaves nothing behind.
    with open("/proc/net/nf_conntrack_expect", "rb", buffering=0) as table:
        check(table.read(1).isdigit(), "a byte of it")
    lab.expect("RELATED", ip(C, S, TCP, tcp(41000, 40001, "S", 1, 0, 1000, b"")), "c", "SYN of the data connection")
    check_expected("fulfilled")


main(test)
