#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each way to be INVALID has a named counter in /proc/net/stat/nf_conntrack_invalid, and exactly that one counts it.
from lab import *


def test():
    improvement_of_ours("it has no counters by reason")
    lab = Lab(v6=True)
    known = ip4(C, S, UDP, udp(1000, 53, b"x"))
    flow = TcpFlow(lab, window=1000).open()
    flow.send("s", "A", "REPLY")
    lab.expect("NEW", known)
    check(all(value == 0 for value in reasons().values()), "all are 0")
    check("none" not in reasons(), "no row for valid packets")
    seq, far = flow.next["c"], 10**6

    def once(reason, packet, side="c", wanted="INVALID"):
        before = reasons()
        lab.expect(wanted, packet, side, reason)
        after = reasons()
        changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        check_equal("counters that moved", changed, {reason: 1})

    # TCP without a connection
    once("tcp_bad_length", ip4(C, S, TCP, tcp(1, 2, "S", doff=15)))
    once("tcp_bad_length", ip4(C, S, TCP, tcp(1, 2, "S", doff=4)))
    once("tcp_bad_checksum", ip4(C, S, TCP, tcp(1, 2, "S", csum=0x1234)))
    once("tcp_bad_flags", ip4(C, S, TCP, tcp(1, 2, "SF")))
    once("tcp_new_invalid", ip4(C, S, TCP, tcp(1, 2, "SA")))
    sysctl("tcp_loose", 0)
    once("tcp_not_picked_up", ip4(C, S, TCP, tcp(1, 2, "A")))
    # TCP with a connection
    once("tcp_invalid_state", flow.packet("s", "S", seq=1), "s")
    once("tcp_invalid_rst", flow.packet("c", "R", seq=seq - 500))
    once("tcp_seq_over", flow.packet("c", "A", seq=seq + far))
    once("tcp_ack_over", flow.packet("c", "A", ack=flow.next["s"] + 5000))
    # UDP and UDP-Lite
    once("udp_bad_length", ip4(C, S, UDP, udp(1, 2, b"x", length=100)))
    once("udp_bad_length", ip4(C, S, UDP, udp(1, 2, b"x", length=7)))
    once("udp_bad_checksum", ip4(C, S, UDP, udp(1, 2, b"x", csum=0x1234)))
    once("udplite_bad_coverage", ip4(C, S, UDPLITE, udplite(1, 2, b"x", coverage=7)))
    once("udplite_no_checksum", ip4(C, S, UDPLITE, udplite(1, 2, b"x", csum=0)))
    once("udplite_bad_checksum", ip4(C, S, UDPLITE, udplite(1, 2, b"x", csum=0x1234)))
    # ICMP and ICMPv6
    once("icmp_bad_checksum", ip4(C, S, ICMP, icmp(8, csum=0x1234)))
    once("icmpv6_bad_checksum", ip6(C6, S6, ICMP6, icmp6(128, csum=0x1234)))
    once("icmp_bad_type", ip4(C, S, ICMP, icmp(40)))
    once("icmp_inner_unknown", ip4(S, C, ICMP, icmp(3, 3, b"\0" * 4, ip4(C, S, UDP, udp(9, 9))[:28])), "s")
    once("icmp_inner_truncated", ip4(S, C, ICMP, icmp(3, 3, b"\0" * 4, known[:19])), "s")
    run("ip", "-n", ROUTER, "neigh", "add", "10.0.1.9", "lladdr", "02:00:00:00:00:c1", "dev", "rc", "nud", "permanent")
    once("icmp_inner_address", ip4(S, "10.0.1.9", ICMP, icmp(3, 3, b"\0" * 4, known[:28])), "s")
    # Another namespace counts for itself.
    with inside(None):
        check(all(value == 0 for value in reasons().values()), "the initial namespace has counted nothing")


main(test)
