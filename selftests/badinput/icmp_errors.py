#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# ICMP errors whose inner packet is cut, foreign, fragmented or itself an error are INVALID; only a whole match is RELATED.
# time-limit: 120
from bench import *

ERROR = {"icmp_error": 1}


def unreachable(v6, inner, kind=None, **fields):
    """An error that quotes `inner`."""
    return icmp6(kind or 1, 0, b"\0\0\0\0", inner, **fields) if v6 else icmp(kind or 3, 0, b"\0\0\0\0", inner, **fields)


def icmp_of(v6):
    return ICMP6 if v6 else ICMP


class Flow:
    """A tracked first packet, and the errors about it that come back from the server's side."""

    def __init__(self, bench, v6, proto, segment):
        self.bench, self.v6 = bench, v6
        self.c, self.s = bench.pair(v6)
        self.packet = ip(self.c, self.s, proto, close_l4(segment, self.c, self.s, proto))
        bench.case("the flow's first packet", "NEW", self.packet)

    def error(self, name, verdict, inner, to=None, side="s", **moved):
        """One error that quotes `inner`, sent to the client unless said otherwise."""
        source, target = (self.s, to or self.c) if side == "s" else (self.c, to or self.s)
        self.bench.case(f"v6={self.v6} {name}", verdict, ip(source, target, icmp_of(self.v6), unreachable(self.v6, inner)), side=side,
                        **(moved or (ERROR if verdict == "INVALID" else {})))


def protocols(v6):
    """(name, number, good segment, how many of its bytes an error must quote to be matched)."""
    yield "udp", UDP, udp(1000, 53, b"hello"), 4
    yield "tcp", TCP, tcp(1000, 80, "S"), 4
    yield "udplite", UDPLITE, udplite(1000, 53, b"hello", coverage=8), 4
    yield "echo", icmp_of(v6), (echo6 if v6 else echo)(9), 8
    yield "gre", GRE, b"\0\0\x08\0\0\0\0\0", 0
    yield "unknown", NOBODY, b"\0" * 8, 0


def cut_inner_packets(bench, v6):
    header = 40 if v6 else 20
    for name, proto, segment, needed in protocols(v6):
        flow = Flow(bench, v6, proto, segment)
        for length in range(header + 12):
            flow.error(f"{name}, {length} bytes quoted", "RELATED-REPLY" if length >= header + needed else "INVALID", flow.packet[:length])
    bench.verdict_on_all(f"inner packets cut at every length, v6={v6}")


def foreign_inner_packets(bench, v6):
    flow = Flow(bench, v6, UDP, udp(1000, 53))
    c, s = flow.c, flow.s
    other, other_server = bench.pair(v6)
    flow.error("good", "RELATED-REPLY", flow.packet)
    flow.error("other port", "INVALID", ip(c, s, UDP, udp(1001, 53)))
    flow.error("other protocol", "INVALID", ip(c, s, TCP, tcp(1000, 53, "S")))
    flow.error("other source", "INVALID", ip(other, s, UDP, udp(1000, 53)))
    flow.error("other destination", "INVALID", ip(c, other_server, UDP, udp(1000, 53)))
    flow.error("reply quoted, sent to the client", "INVALID", ip(s, c, UDP, udp(53, 1000)))
    flow.error("sent to somebody else", "INVALID", flow.packet, to=other)
    flow.error("reply quoted, from the client's side", "RELATED", ip(s, c, UDP, udp(53, 1000)), side="c")
    flow.error("original quoted, from the client's side", "INVALID", flow.packet, side="c")
    flow.error("ports zero", "INVALID", ip(c, s, UDP, udp(0, 0)))
    flow.error("version nibble 0", "RELATED-REPLY", bytes([flow.packet[0] & 15]) + flow.packet[1:])
    flow.error("an error about an error", "INVALID", ip(c, s, icmp_of(v6), unreachable(v6, flow.packet)))
    flow.error("an error about an error about it", "INVALID", ip(s, c, icmp_of(v6), unreachable(v6, flow.packet)))
    flow.error("an error about an unsolicited echo reply", "INVALID", ip(c, s, icmp_of(v6), (echo6 if v6 else echo)(9, reply=True)))
    flow.error("an error about an echo that nobody sent", "INVALID", ip(c, s, icmp_of(v6), (echo6 if v6 else echo)(9)))
    if v6:
        for name, verdict, extension in (
                ("destination options", "RELATED-REPLY", [(DSTOPTS, b"\0" + b"\1\4" + b"\0" * 4)]),
                ("first fragment", "RELATED-REPLY", [(FRAGMENT6, struct.pack("!BHI", 0, 1, 7))]),
                ("later fragment", "INVALID", [(FRAGMENT6, struct.pack("!BHI", 0, 8, 7))]),
                ("extension past the end", "INVALID", [(DSTOPTS, b"\x20" + b"\0" * 6)]),
                ("authentication header", "RELATED-REPLY", [(AH, b"\1" + b"\0" * 10)])):
            flow.error(f"inner {name}", verdict, ip6(c, s, UDP, udp(1000, 53), extensions=extension))
        flow.error("inner no next header", "INVALID", ip6(c, s, NO_NEXT, b"", ))
    else:
        flow.error("inner first fragment", "RELATED-REPLY", ip4(c, s, UDP, udp(1000, 53), more=True))
        flow.error("inner later fragment", "INVALID", ip4(c, s, UDP, udp(1000, 53), frag=8))
        flow.error("inner options", "RELATED-REPLY", ip4(c, s, UDP, udp(1000, 53), options=b"\1\1\1\1"))
        flow.error("inner header past the end", "INVALID", ip4(c, s, UDP, udp(1000, 53), ihl=15))
        flow.error("inner header length 0", "INVALID", ip4(c, s, UDP, udp(1000, 53), ihl=0))
        flow.error("inner header length 4", "INVALID", ip4(c, s, UDP, udp(1000, 53), ihl=4))
        flow.error("inner lengths and sums wrong", "RELATED-REPLY", ip4(c, s, UDP, udp(1000, 53, length=1, csum=1), length=3, csum=5))
    bench.verdict_on_all(f"inner packets that match nothing, v6={v6}")


def outer_packets(bench, v6):
    flow = Flow(bench, v6, UDP, udp(1000, 53))
    good = close_segment(unreachable(v6, flow.packet), addr(flow.s), addr(flow.c), icmp_of(v6))
    for flip in (1, 0x80, 0xff):
        bad = good[:2] + bytes([good[2] ^ flip]) + good[3:]
        bench.case(f"v6={v6} wrong sum", "INVALID", ip(flow.s, flow.c, icmp_of(v6), bad), side="s", **ERROR)
    for length in range(8):
        cut = Segment(good[:length], at=2 if length >= 4 else None, pseudo=False)
        bench.case(f"v6={v6} error of {length} bytes", "INVALID", ip(flow.s, flow.c, icmp_of(v6), cut), side="s", **ERROR)
    # Each type there is, quoting a good packet: errors are RELATED, requests NEW, the rest INVALID or, for neighbours, UNTRACKED.
    for kind in range(256):
        # a new pair for each: a request and its reply types must not meet
        flow = Flow(bench, v6, UDP, udp(1000, 53))
        make = icmp6 if v6 else icmp
        bench.case(f"v6={v6} type {kind}", type_verdict(v6, kind), ip(flow.s, flow.c, icmp_of(v6), make(kind, 0, b"\0\0\0\0", flow.packet)), side="s")
    bench.verdict_on_all(f"icmp headers and types, v6={v6}")


def type_verdict(v6, kind):
    if kind in ((139, 128) if v6 else (8, 13, 15, 17)):
        return "NEW"
    if kind < 128 if v6 else kind in (3, 4, 5, 11, 12):
        return "RELATED-REPLY"
    if v6 and kind in (130, 131, 132, 133, 134, 135, 136, 143):
        return "UNTRACKED"
    if v6 and kind in (151, 152):
        return ROUTER_DISCOVERY
    # a redirect that no router can have sent, and types that do not exist, are refused as errors; others as packets
    return [("INVALID", ERROR)] if kind == 137 or not v6 and kind > 18 else "INVALID"


def wrong_family(bench):
    """ICMP in IPv6 and ICMPv6 in IPv4 are nobody's protocol."""
    for kind in (0, 3, 8, 11, 128, 129, 1, 135):
        bench.case(f"icmp type {kind} in IPv6", "INVALID", ip(*bench.pair(True), ICMP, icmp(kind)))
        bench.case(f"icmpv6 type {kind} in IPv4", "INVALID", ip(*bench.pair(False), ICMP6, icmp6(kind)))
    bench.verdict_on_all("ICMP of the wrong family")


def test():
    bench = Bench().open()
    for v6 in (False, True):
        cut_inner_packets(bench, v6)
        foreign_inner_packets(bench, v6)
        outer_packets(bench, v6)
    wrong_family(bench)


main(test)
