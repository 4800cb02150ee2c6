#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each protocol's row over IPv4 is, character for character, what the kernel has always printed.
from lab import *

T = r"(?:[0-9]+)"
END = "mark=0 zone=0 use=2"


def test():
    lab = Lab()
    sysctl("checksum", 0)

    def check_row(what, pattern):
        with open("/proc/net/nf_conntrack") as table:
            lines = table.read().splitlines()
        if not any(re.fullmatch(pattern, line) for line in lines):
            fail(f"{what}: no row is {pattern!r} in\n" + "\n".join(lines))
        print(f"ok: {what}", flush=True)

    forth, back = f"src={C} dst={S}", f"src={S} dst={C}"
    lab.expect("NEW", ip4(C, S, TCP, tcp(1, 65535, "S")))
    check_row("TCP, SYN", rf"ipv4     2 tcp      6 {T} SYN_SENT {forth} sport=1 dport=65535 \[UNREPLIED\] {back} sport=65535 dport=1 {END}")
    TcpFlow(lab, 40000, 80).open()
    check_row("TCP, open", rf"ipv4     2 tcp      6 {T} ESTABLISHED {forth} sport=40000 dport=80 {back} sport=80 dport=40000 \[ASSURED\] {END}")
    lab.expect("NEW", ip4(C, S, UDP, udp(40000, 53, b"q")))
    check_row("UDP, first packet", rf"ipv4     2 udp      17 {T} {forth} sport=40000 dport=53 \[UNREPLIED\] {back} sport=53 dport=40000 {END}")
    lab.expect("REPLY", ip4(S, C, UDP, udp(53, 40000, b"a")), side="s")
    check_row("UDP, answered", rf"ipv4     2 udp      17 {T} {forth} sport=40000 dport=53 {back} sport=53 dport=40000 {END}")
    lab.expect("NEW", ip4(C, S, UDPLITE, udplite(7, 8, b"q")))
    check_row("UDP-Lite", rf"ipv4     2 udplite  136 {T} {forth} sport=7 dport=8 \[UNREPLIED\] {back} sport=8 dport=7 {END}")
    lab.expect("NEW", ip4(C, S, ICMP, echo(65535)))
    check_row("ICMP", rf"ipv4     2 icmp     1 {T} {forth} type=8 code=0 id=65535 \[UNREPLIED\] {back} type=0 code=0 id=65535 {END}")
    lab.expect("REPLY", ip4(S, C, ICMP, echo(65535, reply=True)), side="s")
    check_row("ICMP, answered", rf"ipv4     2 icmp     1 {T} {forth} type=8 code=0 id=65535 {back} type=0 code=0 id=65535 {END}")
    lab.expect("NEW", ip4(C, S, 253, b"anything"))
    check_row("protocol 253", rf"ipv4     2 unknown  253 {T} {forth} \[UNREPLIED\] {back} {END}")
    lab.expect("REPLY", ip4(S, C, 253, b"anything"), side="s")
    check_row("protocol 253, answered", rf"ipv4     2 unknown  253 {T} {forth} {back} {END}")
    check_equal("rows", len(rows()), 6)


main(test)
