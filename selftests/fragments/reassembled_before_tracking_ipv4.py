#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# IPv4 fragments are put together before tracking, in whatever order they come: one packet in the counters, one entry, ports known.
from lab import *


def test():
    lab = Lab()
    sysctl("acct", 1)
    whole = ip4(C, S, UDP, udp(1000, 53, bytes(range(256)) * 6))
    pieces = fragments4(whole, 512, ident=1)
    orders = (pieces, pieces[::-1], pieces[1:] + pieces[:1])
    for number, order in enumerate(orders):
        lab.flush()
        for piece in order:
            lab.put(piece)
        got, size = [], 0
        while size < len(whole) - 20:
            seen = lab.get("s", wanted=lambda seen: seen.proto == UDP)
            check(seen, "a piece comes out")
            size += len(seen.body)
            got.append(STATES.get(seen.dscp))
        check_equal(f"bytes out, order {number}", size, len(whole) - 20)
        check_equal("verdicts", set(got), {"NEW"})
        check_equal("packets", row(sport=1000).orig["packets"], str(number + 1))
        check_equal("bytes", row(sport=1000).orig["bytes"], str((number + 1) * len(whole)))
    check_equal("rows", len(rows()), 1)
    lab.put(fragments4(ip4(C, S, UDP, udp(1001, 53, b"x" * 1000)), 512, ident=77)[0])
    check(lab.get("s", 0.3, lambda seen: seen.proto == UDP) is None, "a lone first fragment does not come out")
    check_equal("rows", len(rows()), 1)


main(test)
