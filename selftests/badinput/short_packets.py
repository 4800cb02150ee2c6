#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A transport header cut off at every length from nothing to whole is INVALID and makes no entry, for TCP, UDP, UDP-Lite and ICMP in both families.
# time-limit: 120
from bench import *


def whole(v6):
    """Per protocol: number, a good packet's layer 4 bytes (checksum to be filled in), and from which length on it is no longer short."""
    first = echo6(7) if v6 else echo(7)
    return [
        ("tcp", TCP, tcp(1000, 80, "S"), 20),
        ("tcp with options", TCP, tcp(1000, 80, "S", options=opt_mss(1460) + opt_wscale(7) + opt_sack_permitted()), 32),
        ("udp", UDP, udp(1000, 53, b"payload"), 15),
        ("udp without payload", UDP, udp(1000, 53), 8),
        ("udplite", UDPLITE, udplite(1000, 53, b"payload", coverage=15), 15),
        ("icmp", ICMP6 if v6 else ICMP, first, 8),
    ]


def test():
    bench = Bench().open()
    for v6 in (False, True):
        family = "IPv6" if v6 else "IPv4"
        for name, proto, segment, enough in whole(v6):
            refused = [("INVALID", {"icmp_error": 1})] if name == "icmp" else "INVALID"
            for length in range(len(segment) + 1):
                c, s = bench.pair(v6)
                good = close_l4(segment, c, s, proto)
                what = f"{family} {name}, {length} of {len(good)} bytes"
                if length == len(good):
                    bench.case(what, "NEW", ip(c, s, proto, good))
                elif length < enough:
                    bench.case(what, refused, ip(c, s, proto, good[:length]))
            # The same cut, but with a checksum that is right for what is left: only the length can give it away.
            if proto in (TCP, UDP, UDPLITE):
                for length in range(len(segment)):
                    c, s = bench.pair(v6)
                    at = segment.at if length >= segment.at + 2 else None
                    cut = Segment(bytes(segment[:length]), at=at, proto=proto)
                    if length < enough:
                        bench.case(f"{family} {name}, {length} bytes, sum right", refused, close_ip(c, s, proto, cut))
            bench.verdict_on_all(f"{family} {name} cut short")


main(test)
