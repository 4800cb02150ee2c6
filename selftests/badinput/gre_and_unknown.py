#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Packets of GRE and of protocols without a tracker have no header to be short of: any length makes an entry, by addresses alone.
# time-limit: 60
from bench import *


def test():
    bench = Bench().open()
    for v6 in (False, True):
        family = "IPv6" if v6 else "IPv4"
        for length in range(9):
            c, s = bench.pair(v6)
            bench.case(f"{family} protocol {NOBODY}, {length} bytes", "NEW", ip(c, s, NOBODY, b"x" * length))
            c, s = bench.pair(v6)
            bench.case(f"{family} gre version 0, {length} bytes", "NEW", ip(c, s, GRE, b"\0\0\x08\0\0\0\0\0"[:length]))
            # PPTP's: without the call id it counts as a tunnel without keys
            c, s = bench.pair(v6)
            bench.case(f"{family} gre version 1, {length} bytes", "NEW", ip(c, s, GRE, b"\x30\x01\x88\x0b\0\0\0\x09"[:length]))
        c, s = bench.pair(v6)
        bench.case(f"{family} gre version 1 that carries no PPP", "INVALID", ip(c, s, GRE, b"\x30\x01\x08\x00\0\0\0\x09"))
        bench.verdict_on_all(f"{family} protocols without a tracker, and gre")
        check_equal(f"{family} gre keys of a whole PPTP header",
                    sorted({(r.orig.get("srckey"), r.orig.get("dstkey")) for r in rows(proto="gre")}), [("0x0", "0x0"), ("0x0", "0x9")])


main(test)
