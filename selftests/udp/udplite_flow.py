#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A UDP-Lite flow has rows of its own, and is assured with the stream timeout at the first packet after an answer.
from lab import *


def test():
    lab = Lab()
    sysctl("checksum", 0)       # see udplite_checksum_is_verified_as_rfc3828_says
    there = ip4(C, S, UDPLITE, udplite(1000, 53, b"covered and not", coverage=12))
    back = ip4(S, C, UDPLITE, udplite(53, 1000, b"all covered"))
    lab.expect("NEW", there)
    check_timeout("unreplied", row(num=136), 30)
    lab.expect("REPLY", back, side="s")
    check(not row(num=136).assured, "not assured by the first answer")
    lab.expect("ESTABLISHED", there)
    check(row(num=136).assured, "assured")
    check_timeout("stream", row(num=136), 120)
    lab.expect("NEW", ip4(C, S, UDP, udp(1000, 53, b"udp")), what="UDP with the same ports")
    check_equal("rows", len(rows()), 2)


main(test)
