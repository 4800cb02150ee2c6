#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Every one of the 256 TCP flag bytes, as a first packet and within a connection: illegal combinations are INVALID and change nothing.
# time-limit: 120
from bench import *

# Push, ECE and CWR go with anything; of what remains only these occur in honest traffic. URG alone goes with SYN and with ACK.
LEGAL = {SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK, FIN | ACK | URG, ACK, ACK | URG}
# Of these, a SYN opens a connection, and an ACK picks one up half-way; a reset, a SYN/ACK or a FIN to nothing does not.
OPENS = {SYN, SYN | URG, ACK, ACK | URG}


def reduced(flags):
    return flags & ~(PSH | ECE | CWR)


def first_packets(bench, v6):
    for flags in range(256):
        verdict = "NEW" if reduced(flags) in OPENS else "INVALID"
        bench.case(f"v6={v6} first packet, flags {flags:#04x}", verdict, ip(*bench.pair(v6), TCP, tcp(1000, 80, flags, 1, 1)))
    bench.verdict_on_all(f"flags of a first packet, v6={v6}")


def later_packets(bench, v6):
    """Illegal flags within a connection leave its row as it was."""
    c, s = bench.pair(v6)
    bench.case("SYN", "NEW", ip(c, s, TCP, tcp(1000, 80, "S", 100)))
    bench.case("SYN/ACK", "REPLY", ip(s, c, TCP, tcp(80, 1000, "SA", 500, 101)), side="s")
    bench.case("ACK", "ESTABLISHED", ip(c, s, TCP, tcp(1000, 80, "A", 101, 501)))
    flags_before = row(src=str(ipaddress.ip_address(c)) if not v6 else exploded(c)).raw
    for flags in range(256):
        if reduced(flags) in LEGAL:
            continue
        bench.case(f"v6={v6} flags {flags:#04x} within a connection", "INVALID", ip(c, s, TCP, tcp(1000, 80, flags, 101, 501)))
        bench.case(f"v6={v6} flags {flags:#04x} in reply", "INVALID", ip(s, c, TCP, tcp(80, 1000, flags, 501, 101)), side="s")
    after = row(src=c if not v6 else exploded(c)).raw
    bench.verdict_on_all(f"illegal flags within a connection, v6={v6}")
    check_equal("the row but for its timeout", *(re.sub(r"^(\S+ +\S+ +\S+ +\S+) \S+", r"\1", text) for text in (after, flags_before)))
    bench.case("ACK afterwards", "ESTABLISHED", ip(c, s, TCP, tcp(1000, 80, "A", 101, 501)))
    bench.verdict_on_all("the connection works on")


def exploded(text):
    return ipaddress.ip_address(text).exploded


def test():
    bench = Bench().open()
    for v6 in (False, True):
        first_packets(bench, v6)
        later_packets(bench, v6)
    # Reserved bits are nobody's business here.
    for reserved in range(1, 16):
        bench.case(f"reserved bits {reserved:#x}", "NEW", ip(*bench.pair(), TCP, tcp(1000, 80, "S", reserved=reserved)))
    # Without loose pick-up only a SYN opens a connection.
    sysctl("tcp_loose", 0)
    for flags in range(64):
        verdict = "NEW" if reduced(flags) in (SYN, SYN | URG) else "INVALID"
        bench.case(f"strict, flags {flags:#04x}", verdict, ip(*bench.pair(), TCP, tcp(1000, 80, flags, 1, 1)))
    bench.verdict_on_all("reserved bits, and tcp_loose=0")


main(test)
