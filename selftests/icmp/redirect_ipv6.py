#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# An ICMPv6 redirect is RELATED to the flow it quotes if it comes from a link-local router with hop limit 255, else INVALID.
from lab import *


def test():
    lab = Lab(v4=False, v6=True)
    sent = ip6(C6, S6, UDP, udp(1000, 53, b"question"))
    lab.expect("NEW", sent)

    def redirect(src="fe80::1", hops=255, quoted=sent):
        quoted += b"\0" * (-len(quoted) % 8)
        option = bytes([4, 1 + len(quoted) // 8]) + b"\0" * 6 + quoted
        return ip6(src, C6, ICMP6, icmp6(137, 0, b"\0" * 4, addr("fe80::2") + addr(S6) + option), hops=hops)

    def seen(state, packet):
        before = lab.seen(state, v6=True)
        lab.put(packet, "s")
        return lab.seen(state, v6=True) - before

    check_equal("redirect by a link-local router, RELATED", seen("RELATED", redirect()), 1)
    check_equal("redirect with hop limit 64, INVALID", seen("INVALID", redirect(hops=64)), 1)
    check_equal("redirect from a global address, INVALID", seen("INVALID", redirect(src="fd00:2::77")), 1)
    unknown = ip6(C6, S6, UDP, udp(1001, 53, b"question"))
    check_equal("redirect about an unknown flow, INVALID", seen("INVALID", redirect(quoted=unknown)), 1)


main(test)
