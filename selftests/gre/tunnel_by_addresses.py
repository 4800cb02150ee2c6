#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# GRE without PPTP is one flow a pair of addresses, with the stream timeout and assured once there was an answer.
from lab import *


def test():
    lab = Lab()
    sysctl("gre_timeout", 44)
    sysctl("gre_timeout_stream", 99)
    there, back = ip4(C, S, GRE, b"\0\0\x08\0inner"), ip4(S, C, GRE, b"\0\0\x08\0inner")
    lab.expect("NEW", there)
    check_timeout("unreplied", row(proto="gre"), 44)
    check(re.fullmatch(rf"ipv4     2 gre      47 [0-9]+ timeout=44, stream_timeout=99 src={C} dst={S} srckey=0x0 dstkey=0x0 \[UNREPLIED\] "
                       rf"src={S} dst={C} srckey=0x0 dstkey=0x0 mark=0 zone=0 use=2", row().raw), f"row is {row()}")
    lab.expect("REPLY", back, side="s")
    lab.expect("ESTABLISHED", there)
    check(row(proto="gre").assured, "row is assured")
    check_timeout("stream", row(proto="gre"), 99)


main(test)
