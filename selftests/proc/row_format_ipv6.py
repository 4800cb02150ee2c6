#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each protocol's row over IPv6 has full-length addresses and is otherwise as over IPv4.
from lab import *

T = r"(?:[0-9]+)"
END = "mark=0 zone=0 use=2"
LONG_C, LONG_S = "fd00:0001:0000:0000:0000:0000:0000:0002", "fd00:0002:0000:0000:0000:0000:0000:0002"


def test():
    lab = Lab(v4=False, v6=True)
    sysctl("checksum", 0)

    def check_row(what, pattern):
        with open("/proc/net/nf_conntrack") as table:
            lines = table.read().splitlines()
        if not any(re.fullmatch(pattern, line) for line in lines):
            fail(f"{what}: no row is {pattern!r} in\n" + "\n".join(lines))
        print(f"ok: {what}", flush=True)

    forth, back = f"src={LONG_C} dst={LONG_S}", f"src={LONG_S} dst={LONG_C}"
    TcpFlow(lab, 40000, 80, v6=True).open()
    check_row("TCP", rf"ipv6     10 tcp      6 {T} ESTABLISHED {forth} sport=40000 dport=80 {back} sport=80 dport=40000 \[ASSURED\] {END}")
    lab.expect("NEW", ip6(C6, S6, UDP, udp(40000, 53, b"q")))
    check_row("UDP", rf"ipv6     10 udp      17 {T} {forth} sport=40000 dport=53 \[UNREPLIED\] {back} sport=53 dport=40000 {END}")
    lab.expect("NEW", ip6(C6, S6, UDPLITE, udplite(7, 8, b"q")))
    check_row("UDP-Lite", rf"ipv6     10 udplite  136 {T} {forth} sport=7 dport=8 \[UNREPLIED\] {back} sport=8 dport=7 {END}")
    lab.expect("NEW", ip6(C6, S6, ICMP6, echo6(9)))
    check_row("ICMPv6", rf"ipv6     10 icmpv6   58 {T} {forth} type=128 code=0 id=9 \[UNREPLIED\] {back} type=129 code=0 id=9 {END}")
    lab.expect("NEW", ip6(C6, S6, 253, b"anything"))
    check_row("protocol 253", rf"ipv6     10 unknown  253 {T} {forth} \[UNREPLIED\] {back} {END}")
    check_equal("rows", len(rows()), 5)


main(test)
