#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A helper's limit of one expectation: the newest stays. A full table refuses, and says so.
from ftp import *


def test():
    lab = Lab()
    assign_helper()
    first, second = Control(lab, sport=40001).login(), Control(lab, sport=40002).login()
    for port in range(50001, 50101):
        first.port(port)
    check_expected("after a flood", 50100)
    second.port(51000)
    check_expected("two masters", 50100, 51000)

    with inside(None):
        before = sysctl("expect_max")
        sysctl("expect_max", 2)
    third = Control(lab, sport=40003).login()
    mark = log_mark()
    third.port(52000, "DROP")
    check(any(line.endswith("nf_conntrack: expectation table full") for line in log_lines(mark)), "the log says that the table is full")
    check_expected("full", 50100, 51000)
    # What replaces its own predecessor finds room.
    second.port(51001)
    check_expected("replaced", 50100, 51001)
    with inside(None):
        sysctl("expect_max", before)


main(test)
