#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# An ICMP error about a translated packet reaches the client with the client's own packet inside, all checksums right.
import struct

from lab import *


def error_arrives(lab, inner_out, client_packet, kind, rest):
    """The server's side answers `inner_out` (as it left the router) with an error; the client must find `client_packet` in it."""
    lab.flush()
    lab.put(ip4("10.0.2.9", RS, ICMP, icmp(kind[0], kind[1], rest, inner_out[:28])), "s")
    error = lab.get("c", wanted=lambda seen: seen.proto == ICMP)
    check(error, "error arrives at the client")
    check_equal("destination of the error", error.dst, C)
    check_equal("state of the error", STATES[error.dscp], "RELATED-REPLY")
    check_equal("sum of the ICMP message", checksum(error.body), 0)
    inside = error.body[8:]
    check_equal("source inside", inside[12:16], addr(C))
    check_equal("destination inside", inside[16:20], addr("10.9.9.9"))
    check_equal("sum of the header inside", checksum(inside[:20]), 0)
    check_equal("ports inside", inside[20:24], client_packet[20:24])
    check_equal("sum of the segment inside", inside[26:28], client_packet[26:28])


def test():
    lab = Lab()
    run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-d", "10.9.9.9", "-p", "udp", "-j", "DNAT", "--to-destination", S + ":5300")
    run("iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-o", "rs", "-p", "udp", "-j", "SNAT", "--to-source", RS + ":7000-7999")
    sent = ip4(C, "10.9.9.9", UDP, udp(1000, 53, b"question"))
    lab.flush()
    lab.put(sent)
    out = lab.get("s", wanted=lambda seen: seen.proto == UDP)
    check(out, "packet is forwarded")
    check_equal("addresses outside", (out.src, out.dst), (RS, S))
    check_equal("port of the server", int.from_bytes(out.body[2:4], "big"), 5300)
    check(7000 <= int.from_bytes(out.body[:2], "big") <= 7999, "port of the range")
    whole = out.raw[:out.total]
    check_equal("sum of the forwarded header", checksum(whole[:20]), 0)
    check_equal("sum of the forwarded segment", checksum(addr(RS) + addr(S) + struct.pack("!BBH", 0, UDP, len(out.body)) + out.body), 0)
    error_arrives(lab, whole, sent, (3, 3), b"\0\0\0\0")                                 # port unreachable
    error_arrives(lab, whole, sent, (3, 4), struct.pack("!HH", 0, 1400))                  # fragmentation needed
    error_arrives(lab, whole, sent, (11, 0), b"\0\0\0\0")                                 # time exceeded
    lab.flush()
    lab.put(ip4(S, RS, UDP, udp(5300, int.from_bytes(out.body[:2], "big"), b"answer")), "s")
    answer = lab.get("c", wanted=lambda seen: seen.proto == UDP)
    check_equal("answer comes from", (answer.src, answer.body[:4]), ("10.9.9.9", struct.pack("!HH", 53, 1000)))


main(test)
