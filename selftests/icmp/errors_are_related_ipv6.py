#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# ICMPv6 errors that quote a packet of a known flow are RELATED to it.
import struct

from lab import *

ERRORS = ((1, 0, b"\0" * 4), (1, 4, b"\0" * 4), (2, 0, struct.pack("!I", 1280)), (3, 0, b"\0" * 4), (4, 1, struct.pack("!I", 40)))


def test():
    lab = Lab(v4=False, v6=True)
    flows = (ip6(C6, S6, UDP, udp(1000, 53, b"question")), ip6(C6, S6, TCP, tcp(1000, 80, "S", 1)), ip6(C6, S6, ICMP6, echo6(7)))
    for sent in flows:
        lab.expect("NEW", sent)
    for kind, code, rest in ERRORS:
        for sent in flows:
            lab.expect("RELATED-REPLY", ip6(S6, C6, ICMP6, icmp6(kind, code, rest, sent)), side="s",
                       what=f"type {kind} code {code} about protocol {sent[6]}")
        lab.expect("RELATED-REPLY", ip6("fd00:2::77", C6, ICMP6, icmp6(kind, code, rest, flows[0])), side="s", what="the same by a router on the way")
    answer = ip6(S6, C6, UDP, udp(53, 1000, b"answer"))
    lab.expect("REPLY", answer, side="s")
    lab.expect("RELATED", ip6(C6, S6, ICMP6, icmp6(1, 4, b"\0" * 4, answer)), what="port unreachable about an answer")
    check_equal("count", count(), 3)
    check_equal("statistic invalid", stat("invalid"), 0)


main(test)
