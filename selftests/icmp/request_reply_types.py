#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Echo, timestamp, information and address mask requests open an exchange that their replies belong to.
import struct

from lab import *


def test():
    lab = Lab()
    sysctl("icmp_timeout", 66)
    for request, reply, size in ((8, 0, 4), (13, 14, 12), (15, 16, 0), (17, 18, 4)):
        rest = struct.pack("!HH", 100 + request, 1)
        lab.expect("INVALID", ip4(S, C, ICMP, icmp(reply, 0, rest, b"\0" * size)), side="s", what=f"type {reply} before any request")
        lab.expect("NEW", ip4(C, S, ICMP, icmp(request, 0, rest, b"\0" * size)), what=f"type {request}")
        entry = row(proto="icmp", type=request)
        check(entry.unreplied, "row is unreplied")
        check_equal("reply type in the row", entry.reply["type"], str(reply))
        lab.expect("REPLY", ip4(S, C, ICMP, icmp(reply, 0, rest, b"\0" * size)), side="s", what=f"type {reply}")
        entry = row(proto="icmp", type=request)
        check(not entry.unreplied and not entry.assured, "row is replied, never assured")
        check_timeout("replied", entry, 66)
        lab.expect("REPLY", ip4(S, C, ICMP, icmp(reply, 0, rest, b"\0" * size)), side="s", what=f"type {reply}, duplicate")
        other = struct.pack("!HH", 200 + request, 1)
        lab.expect("INVALID", ip4(S, C, ICMP, icmp(reply, 0, other, b"\0" * size)), side="s", what=f"type {reply} with another identifier")
    check_equal("count", count(), 4)


main(test)
