#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# IPv6 fragments are put together before tracking, in whatever order they come.
from lab import *


def test():
    lab = Lab(v4=False, v6=True)
    sysctl("acct", 1)
    whole = ip6(C6, S6, UDP, udp(1000, 53, bytes(range(256)) * 6))
    for number, turn in enumerate((1, -1)):
        lab.flush()
        for piece in fragments6(whole, 512, ident=number + 1)[::turn]:
            lab.put(piece)
        size = 0
        while size < len(whole) - 40:
            seen = lab.get("s", wanted=lambda seen: seen.proto == UDP)
            check(seen, "a piece comes out")
            check_equal("verdict", STATES.get(seen.dscp), "NEW")
            size += len(seen.body)
        check_equal("packets", row(sport=1000).orig["packets"], str(number + 1))
        check_equal("bytes", row(sport=1000).orig["bytes"], str((number + 1) * len(whole)))
    lab.put(fragment6(C6, S6, UDP, bytes(udp(1001, 53, b"x" * 504)), 0, True, ident=77))
    check(lab.get("s", 0.3, lambda seen: seen.proto == UDP) is None, "a lone first fragment does not come out")
    # A fragment that is whole by itself (RFC 6946) needs no others.
    atomic = close_segment(udp(1002, 53, b"atomic"), addr(C6), addr(S6), UDP)
    lab.expect("NEW", fragment6(C6, S6, UDP, atomic, 0, False, ident=78), what="atomic fragment")
    check_equal("rows", len(rows()), 2)


main(test)
