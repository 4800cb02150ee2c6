#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# An error that quotes a packet of a known flow is RELATED to it, whatever its kind, whoever sends it; it makes no entry of its own.
import struct

from lab import *

ERRORS = ((3, 0, b"\0" * 4), (3, 1, b"\0" * 4), (3, 3, b"\0" * 4), (3, 4, struct.pack("!HH", 0, 1280)), (3, 13, b"\0" * 4), (4, 0, b"\0" * 4),
          (5, 1, b"\x0a\0\1\2"), (11, 0, b"\0" * 4), (11, 1, b"\0" * 4), (12, 0, b"\x08\0\0\0"))


def test():
    lab = Lab()
    flows = (ip4(C, S, UDP, udp(1000, 53, b"question")), ip4(C, S, TCP, tcp(1000, 80, "S", 1)), ip4(C, S, ICMP, echo(7)))
    for sent in flows:
        lab.expect("NEW", sent)
    for kind, code, rest in ERRORS:
        for sent in flows:
            error = icmp(kind, code, rest, sent[:28])
            lab.expect("RELATED-REPLY", ip4(S, C, ICMP, error), side="s", what=f"type {kind} code {code} by the server, about protocol {sent[9]}")
        lab.expect("RELATED-REPLY", ip4("10.0.2.77", C, ICMP, icmp(kind, code, rest, flows[0][:28])), side="s", what="the same by a router on the way")
    # About an answer, sent by the client's side: related in the original direction.
    answer = ip4(S, C, UDP, udp(53, 1000, b"answer"))
    lab.expect("REPLY", answer, side="s")
    lab.expect("RELATED", ip4(C, S, ICMP, icmp(3, 3, b"\0" * 4, answer[:28])), what="port unreachable about an answer")
    check_equal("count", count(), 3)
    check_equal("statistic invalid", stat("invalid"), 0)


main(test)
