#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the fuzz targets' seeds: a few inputs each, from which the fuzzer starts.

usage: kunit/fuzz/seeds.py DIRECTORY        writes DIRECTORY/<target>/<name>

What the bytes mean is said at the top of each target.
"""
import os
import struct
import sys

TCP, UDP, DCCP, GRE, ICMPV6, SCTP, UDPLITE = 6, 17, 33, 47, 58, 132, 136
SYN, FIN, RST, ACK = 2, 1, 4, 16


def be(fmt, *values):
    return struct.pack(">" + fmt, *values)


def ipv4(protocol, fragment=0, words=5):
    return be("BBHHHBBH", 0x40 | words, 0, 0, 0, fragment, 64, protocol, 0) + bytes([10, 0, 0, 1, 10, 0, 0, 2]) + bytes(4 * words - 20)


def ipv6(following):
    return be("IHBB", 0x60000000, 0, following, 64) + bytes([0x20, 1] + [0] * 13 + [1]) + bytes([0x20, 1] + [0] * 13 + [2])


LAYER4 = {
    TCP: be("HHIIBBHHH", 1024, 80, 1000, 0, 0xA0, SYN, 65535, 0, 0) + bytes([2, 4, 5, 180, 4, 2, 8, 10] + [0] * 8 + [1, 3, 3, 7]),
    UDP: be("HHHH", 1024, 53, 12, 1) + b"abcd",
    UDPLITE: be("HHHH", 1024, 53, 8, 1) + b"abcd",
    SCTP: be("HHII", 1000, 80, 0, 0) + be("BBHI", 1, 0, 20, 0x11111111) + bytes(12),
    DCCP: be("HHBBHBB", 1000, 80, 5, 0, 0, 1, 0) + be("HI", 0, 7) + bytes(4),
    GRE: be("HHHH", 0x2001, 0x880B, 4, 77),
    1: be("BBHHH", 8, 0, 0, 0x4242, 1),
    ICMPV6: be("BBHHH", 128, 0, 0, 0x4242, 1),
}


def packets():
    for number, layer4 in LAYER4.items():
        yield f"ipv4_{number}", bytes([0, 0, 128 + 30, 0]) + ipv4(number) + layer4
        yield f"ipv6_{number}", bytes([1, 0, 128 + 41, 0]) + ipv6(number) + layer4
    yield "options", bytes([0, 4, 140, 0]) + bytes(4) + ipv4(UDP, words=15) + LAYER4[UDP]
    # hop-by-hop, routing, destination, AH, first fragment
    chain = bytes([43, 0] + [0] * 6 + [60, 0] + [0] * 6 + [51, 0] + [0] * 6 + [44, 1] + [0] * 10 + [UDP, 0, 0, 1, 0, 0, 0, 1])
    yield "extensions", bytes([1, 0, 190, 0]) + ipv6(0) + chain + LAYER4[UDP]


def icmp():
    # form 4: a quoted packet; 16: cut off
    for kind in (3, 11, 5):
        yield f"error_{kind}", bytes([4, 128 + 30, kind, 0, 8, UDP, 0, 0, 5]) + LAYER4[UDP][:8]
    yield "error_tcp", bytes([4, 0, 3, 4, 8, TCP, 0, 0, 5]) + LAYER4[TCP]
    yield "error_cut", bytes([4 | 16, 3, 3, 0, 8, UDP, 0, 0, 5]) + LAYER4[UDP]
    yield "error6", bytes([1 | 4, 0, 1, 0, 128, 0, UDP]) + LAYER4[UDP]
    yield "redirect", bytes([1 | 2 | 4 | 8, 0, 137, 0, 128, 1, 1, UDP]) + LAYER4[UDP]
    yield "echo", bytes([0, 0, 8, 0, 8]) + bytes(12)
    yield "echo6", bytes([1, 0, 128, 0, 128, 0]) + bytes(12)


def tuples():
    one = be("BIIHHBB", 0, 0x0A000001, 0x0A000002, 1024, 80, TCP, 0)
    yield "same", one + bytes(40)
    yield "other", one + bytes([1]) + be("BIIHHBB", 0, 0x0A000001, 0x0A000003, 1024, 80, TCP, 0) + bytes(40)
    yield "ping", be("BIIHHBB", 0, 0x0A000001, 0x0A000002, 7, 8, 1, 0) + bytes(40)
    yield "ipv6", be("B8IHHBB", 1, *range(8), 1024, 80, UDP, 1) + bytes([0, 1, 0, 8]) + bytes(40)


def options():
    shift = be("III", 1000, 0, 10)
    sack = bytes([1, 1, 5, 18]) + be("IIII", 2010, 2110, 3010, 3110)
    offer = bytes([2, 4, 5, 180, 4, 2, 1, 3, 3, 7])
    for name, o in (("sack", sack), ("offer", offer), ("timestamp", bytes([1, 1, 8, 10]) + bytes(8)), ("both", bytes([1, 1, 8, 10]) + bytes(8) + sack)):
        yield name, shift + be("I", 500) + bytes([len(o)]) + o + bytes([10, 5, 20, 0, 30, 250, 40, 3])


def turn(reply, flags, payload=0, opts=b"", mode=0):
    return bytes([reply | mode << 5, flags]) + opts + bytes([payload])


def tcp():
    settings = bytes([1, 3])
    hello = turn(0, SYN, 15, b"\x07", 1) + turn(1, SYN | ACK, 15, b"\x08", 1) + turn(0, ACK, 15)
    talk = turn(0, ACK, 14) + turn(1, ACK, 13) + turn(1, ACK, 12) + turn(0, ACK, 0)
    bye = turn(0, FIN | ACK) + turn(1, ACK) + turn(1, FIN | ACK) + turn(0, ACK)
    block = be("BhBhBhBh", 1, 10, 1, 20, 1, 40, 1, 50)
    yield "life", settings + hello + talk + bye
    yield "again", settings + hello + talk + bye + hello
    yield "sack", settings + hello + turn(0, ACK, 0, block, 2) + talk
    yield "reset", settings + hello + talk + turn(1, RST)
    yield "picked_up", settings + talk + bye
    yield "shifted", bytes([1 | 32, 3]) + be("III", 1000, 0, 10) + hello + talk + turn(0, ACK, 0, block, 2)
    yield "meddled", settings + hello + bytes([0xFF, 0x2F, 3, 1, 1, 1, 1, 2, 2, 0, 0, 1, 0]) + talk
    yield "both_open", settings + turn(0, SYN) + turn(1, SYN) + turn(0, SYN | ACK) + turn(1, SYN | ACK) + turn(0, ACK)


def tcp_honest():
    habits = bytes([0x17, 0x17])
    whole = lambda side: bytes([side | 12 << 1 | 32])
    hello = whole(0) + whole(1) + whole(0)
    data = bytes([0, 20, 0, 20, 0, 20])
    yield "plain", habits + hello + data + whole(0) + whole(1) + bytes([6]) + whole(0) + bytes([7]) + whole(1) + whole(0)
    yield "lost", habits + hello + data + bytes([16]) + whole(0) + whole(1) + bytes([2, 20]) + whole(0) + whole(1)
    yield "lost_behind", habits + hello + data + bytes([28, 28, 18]) + bytes([30 | 32]) + whole(1) + bytes([2, 90]) + whole(0) + whole(1)
    yield "fin_again", habits + hello + bytes([6]) + whole(0) + bytes([7]) + whole(1) + bytes([2 | 32, 0, 3 | 32, 0]) + whole(0) + whole(1)
    yield "reset", habits + hello + data + whole(0) + bytes([13, 9]) + whole(1) + bytes([0xEE]) + whole(0)
    yield "full", bytes([0x10, 0x10]) + hello + bytes([0, 255]) + whole(0) + whole(1) + bytes([10]) + whole(0) + whole(1) + bytes([13, 255, 5]) + whole(1)


def sctp():
    def chunk(kind, how=0):
        return bytes([0, kind, how])

    init, data = chunk(1, 1), chunk(0, 0x0C)
    hello = bytes([0]) + init + bytes([1 | 1 << 1]) + chunk(2, 2) + bytes([2 << 1]) + chunk(10) + bytes([1 | 1 << 1]) + chunk(11)
    talk = bytes([2 << 1]) + data + bytes([1 | 1 << 1]) + data
    bye = bytes([2 << 1]) + chunk(7) + bytes([1 | 1 << 1]) + chunk(8) + bytes([2 << 1]) + chunk(14)
    yield "life", hello + talk + bye
    yield "abort", hello + bytes([2 << 1]) + chunk(6)
    yield "heartbeat", bytes([2 << 1]) + chunk(4) + bytes([1 | 1 << 1]) + chunk(5)
    yield "restart", hello + bytes([0]) + chunk(1, 3) + bytes([1 | 3 << 1]) + chunk(2, 2)
    yield "two_chunks", hello + bytes([2 << 1, 1, 0, 0x0C, 3, 0x0C])
    yield "wrong_heartbeat", hello + bytes([3 << 1]) + chunk(4) + bytes([1 | 3 << 1]) + chunk(5)


def dccp():
    def packet(reply, kind, control=0, ack=b"\1"):
        return bytes([reply | control, kind << 1 | 1, 5]) + (b"" if control & 2 else ack)

    hello = packet(0, 0) + packet(1, 1) + packet(0, 3, 2) + packet(1, 2) + packet(0, 4)
    yield "life", hello + packet(1, 5) + packet(0, 6) + packet(1, 7)
    yield "refused", packet(0, 0) + packet(1, 7)
    yield "again", hello + packet(0, 7) + packet(1, 0) + packet(0, 1)
    yield "sync", hello + packet(0, 8) + packet(1, 9)


def datagram():
    for p in range(4):
        yield f"flow_{p}", bytes([p, 0, 0, 0, 0, 1]) + bytes([0, 1, 32, 4, 0, 33, 4, 0, 32, 4, 0])
        yield f"wraps_{p}", bytes([p, 1, 0, 200]) + bytes([0, 1, 32, 4, 0, 33, 4, 0, 4, 0, 9])


TARGETS = {"packet": packets, "icmp": icmp, "tuple": tuples, "options": options, "tcp": tcp, "tcp_honest": tcp_honest, "sctp": sctp,
           "dccp": dccp, "datagram": datagram}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for target, seeds in TARGETS.items():
        folder = os.path.join(sys.argv[1], target)
        os.makedirs(folder, exist_ok=True)
        for name, data in seeds():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main()
