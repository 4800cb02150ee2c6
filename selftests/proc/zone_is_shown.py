#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Flows in different zones are different entries, and rows name their zone, whichever direction it covers.
from lab import *


def test():
    lab = Lab()
    run("modprobe", "xt_CT")
    for port, option in ((1000, "--zone 7"), (1001, "--zone-orig 8"), (1002, "--zone-reply 9")):
        run("iptables-legacy", "-t", "raw", "-A", "PREROUTING", "-p", "udp", "--sport", str(port), "-j", "CT", *option.split())
        lab.expect("NEW", ip4(C, S, UDP, udp(port, 53, b"x")))
    lines = [r.raw for r in rows()]
    tail = "mark=0"
    for pattern in (rf"sport=1000 dport=53 \[UNREPLIED\] src={S} dst={C} sport=53 dport=1000 {tail} zone=7 use=2$",
                    rf"sport=1001 dport=53 zone-orig=8 \[UNREPLIED\] src={S} dst={C} sport=53 dport=1001 {tail} use=2$",
                    rf"sport=1002 dport=53 \[UNREPLIED\] src={S} dst={C} sport=53 dport=1002 zone-reply=9 {tail} use=2$"):
        check(any(re.search(pattern, line) for line in lines), f"a row ends in {pattern}")
    run("iptables-legacy", "-t", "raw", "-F")
    lab.expect("NEW", ip4(C, S, UDP, udp(1000, 53, b"x")), what="the same packet outside the zone")
    check_equal("rows with the same ports", len(rows(sport=1000)), 2)


main(test)
