#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# /proc/net/stat/nf_conntrack has stock's header, one row of hexadecimal numbers for each possible processor, and counts what happens.
from lab import *

HEADER = ("entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  "
          "expect_new expect_create expect_delete search_restart\n")


def test():
    lab = Lab()
    with open("/proc/net/stat/nf_conntrack") as table:
        header, *lines = table.readlines()
    check_equal("header", header, HEADER)
    with open("/sys/devices/system/cpu/possible") as possible:
        cpus = sum(int(last or first) - int(first) + 1 for first, _, last in (part.partition("-") for part in possible.read().strip().split(",")))
    check_equal("rows", len(lines), cpus)
    number = "[0-9a-f]{8}"
    line = f"{number}  " + f"{number} " * 11 + f"{number}  " + f"{number} " * 3 + f"{number} ?\n"
    for text in lines:
        check(re.fullmatch(line, text), f"row is {text!r}")
    check_equal("entries before", stat("entries"), 0)
    for port in range(1000, 1020):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    check_equal("entries", stat("entries"), 20)
    before = stat("invalid")
    for _ in range(3):
        lab.put(ip4(C, S, TCP, tcp(1, 2, "SF")))
    check_equal("invalid", stat("invalid"), before + 3)
    before = stat("icmp_error")
    lab.put(ip4(C, S, ICMP, icmp(3, 3, b"\0" * 4, b"nonsense")))
    check_equal("icmp_error", stat("icmp_error"), before + 1)


main(test)
