#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A protocol without a tracker of its own makes one entry for each pair of addresses, with nf_conntrack_generic_timeout, never assured.
from lab import *


def test():
    lab = Lab(v6=True)
    sysctl("generic_timeout", 88)
    for client, server, l3 in ((C, S, "ipv4"), (C6, S6, "ipv6")):
        for proto in (253, 50, 89):
            there, back = ip(client, server, proto, b"whatever"), ip(server, client, proto, b"more of it")
            lab.expect("NEW", there)
            check(rows(num=proto, l3=l3)[0].unreplied, "row is unreplied")
            lab.expect("NEW", ip(client, server, proto, b"\1\2\3\4\5\6\7\x08"), what="other contents")
            lab.expect("REPLY", back, side="s")
            lab.expect("ESTABLISHED", there)
            entry = rows(num=proto, l3=l3)[0]
            check(not entry.unreplied and not entry.assured, "row is replied, not assured")
            check_timeout("generic", entry, 88)
    check_equal("count", count(), 6)


main(test)
