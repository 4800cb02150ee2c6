#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Length fields that lie and checksums that do not match are INVALID; without nf_conntrack_checksum the sums are not looked at.
# time-limit: 120
from bench import *


def lies(v6):
    """(name, protocol, layer 4 bytes, verdict, counters) of packets whose fields lie about lengths. Sums are right throughout."""
    invalid, new = ("INVALID", {}), ("NEW", {})
    body = b"0123456789"
    for length in (0, 1, 7, 19, 20, 255, 65535):
        yield f"udp length {length} of 18", UDP, udp(1, 53, body, length=length), *invalid
    for length in (8, 9, 17):
        yield f"udp length {length} of 18, without sum", UDP, udp(1, 53, body, length=length, csum=0), *new
    for coverage in (1, 7, 19, 255, 65535):
        yield f"udplite coverage {coverage} of 18", UDPLITE, udplite(1, 53, body, coverage=coverage), *invalid
    for coverage in (0, 8, 9, 18):
        yield f"udplite coverage {coverage} of 18", UDPLITE, udplite(1, 53, body, coverage=coverage), *new
    yield "udplite without sum", UDPLITE, udplite(1, 53, body, csum=0), *invalid
    for doff in (0, 1, 2, 3, 4, 8, 15):
        yield f"tcp data offset {doff} of {20 + len(body)} bytes", TCP, tcp(1, 80, "S", payload=body, doff=doff), *invalid
    for doff in (5, 6, 7):
        yield f"tcp data offset {doff} of {20 + len(body)} bytes", TCP, tcp(1, 80, "S", payload=body, doff=doff), *new


def bad_sums(v6):
    """(name, protocol, good layer 4 bytes, offset of the sum)."""
    yield "tcp", TCP, tcp(1, 80, "S"), 16
    yield "tcp with payload", TCP, tcp(1, 80, "S", payload=b"odd"), 16
    yield "udp", UDP, udp(1, 53, b"hi"), 6
    yield "udplite", UDPLITE, udplite(1, 53, b"hello", coverage=8), 6
    yield "icmp", ICMP6 if v6 else ICMP, (echo6 if v6 else echo)(1), 2


def test():
    bench = Bench().open()
    for v6 in (False, True):
        family = "IPv6" if v6 else "IPv4"
        for name, proto, segment, verdict, moved in lies(v6):
            bench.case(f"{family} {name}", verdict, close_ip(*bench.pair(v6), proto, segment), **moved)
        bench.verdict_on_all(f"{family} lengths that lie")
        for checked in (1, 0):
            sysctl("checksum", checked)
            for name, proto, segment, at in bad_sums(v6):
                for flip in (b"\x55\x55", b"\0\1", b"\x80\0"):
                    c, s = bench.pair(v6)
                    good = close_l4(segment, c, s, proto)
                    bad = good[:at] + bytes(x ^ y for x, y in zip(good[at:], flip)) + good[at + 2:]
                    moved = {} if not checked else {"icmp_error": 1} if name == "icmp" else {"invalid": 1}
                    bench.case(f"{family} {name}, wrong sum, checked={checked}", "INVALID" if checked else "NEW", ip(c, s, proto, bad), **moved)
            # what is outside an UDP-Lite packet's coverage may be garbage
            c, s = bench.pair(v6)
            good = close_l4(udplite(1, 53, b"hello", coverage=8), c, s, UDPLITE)
            bench.case(f"{family} udplite, garbage outside the coverage", "NEW", ip(c, s, UDPLITE, good[:-1] + b"!"))
            bench.verdict_on_all(f"{family} wrong sums, nf_conntrack_checksum={checked}")
        sysctl("checksum", 1)
    # An UDP sum of zero means none, in IPv4 only by the book; conntrack lets it pass in both.
    for v6 in (False, True):
        bench.case(f"no sum, v6={v6}", "NEW", ip(*bench.pair(v6), UDP, udp(1, 53, b"hi", csum=0)))
    bench.verdict_on_all("udp without a sum")
    layer3(bench)


def layer3(bench):
    """IP headers that lie never come as far as conntrack, and must not do it any harm."""
    c, s = bench.pair()
    good = udp(1, 53, b"0123456789")
    for name, fields in (("version 5", {"version": 5}), ("version 6 in an IPv4 frame", {"version": 6}), ("header length 0", {"ihl": 0}),
                         ("header length 4", {"ihl": 4}), ("header past the end", {"ihl": 15}), ("total length 0", {"length": 0}),
                         ("total length 19", {"length": 19}), ("total length past the end", {"length": 39}),
                         ("total length 65535", {"length": 65535}), ("wrong sum", {"csum": 0x1234})):
        packet = ip4(c, s, UDP, good, **fields)
        before = bench.tally()
        bench.put_frame(ethernet(MAC["rc"], MAC["wc"], packet, 0x0800))
        check_equal(f"IPv4 {name}", (bench.through([]), bench.tally()["entries"]), (["DROP"], before["entries"]))
    for cut in range(20):
        bench.case(f"IPv4 header of {cut} bytes", "DROP", ip4(c, s, UDP, good)[:cut] or b"\x45")
    # Ethernet padding behind the packet is no part of it
    bench.case("padded frame", "NEW", ip4(c, s, UDP, good) + b"\xee" * 20)
    c, s = bench.pair()
    bench.case("IPv4 total length cuts the udp packet", "INVALID", ip4(c, s, UDP, good, length=30))
    c, s = bench.pair(True)
    for cut in range(40):
        bench.case(f"IPv6 header of {cut} bytes", "DROP", ip6(c, s, UDP, good)[:cut] or b"\x60")
    bench.case("IPv6 payload length past the end", "DROP", ip6(c, s, UDP, good, length=19))
    bench.case("IPv6 payload length cuts the udp packet", "INVALID", ip6(c, s, UDP, good, length=10))
    bench.case("IPv6 payload length cuts all", "INVALID", ip6(c, s, UDP, good, length=3))
    bench.case("IPv6 version 4", "DROP", ip6(c, s, UDP, good, version=4))
    bench.verdict_on_all("IP headers that lie")


main(test)
