#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A UDP flow is NEW and unreplied until the first answer, with nf_conntrack_udp_timeout both before and just after it.
from lab import *


def test():
    lab = Lab(v6=True)
    sysctl("udp_timeout", 44)
    for client, server in ((C, S), (C6, S6)):
        begun = time.monotonic()
        there = ip(client, server, UDP, udp(1000, 53, b"question"))
        back = ip(server, client, UDP, udp(53, 1000, b"answer"))
        lab.expect("NEW", there)
        entry = row(proto="udp", src=client if client == C else "fd00:0001:0000:0000:0000:0000:0000:0002")
        check(entry.unreplied and not entry.assured, "row is unreplied")
        check_timeout("unreplied", entry, 44)
        lab.expect("NEW", there, what="the question again")
        lab.expect("REPLY", back, side="s")
        lab.expect("ESTABLISHED", there)
        entry = rows(proto="udp", l3="ipv4" if client == C else "ipv6")[0]
        check(not entry.unreplied, "row is replied")
        if time.monotonic() - begun < 1.9:
            check(not entry.assured, "not assured within two seconds")
            check_timeout("replied", entry, 44)
    check_equal("count", count(), 2)


main(test)
