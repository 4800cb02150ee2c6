#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# An ICMPv6 echo and its reply make one entry with nf_conntrack_icmpv6_timeout; a node information query makes one too.
import struct

from lab import *


def test():
    lab = Lab(v4=False, v6=True)
    sysctl("icmpv6_timeout", 77)
    lab.expect("INVALID", ip6(S6, C6, ICMP6, echo6(5, reply=True)), side="s", what="reply without request")
    lab.expect("NEW", ip6(C6, S6, ICMP6, echo6(5)))
    check(row(proto="icmpv6").unreplied, "row is unreplied")
    lab.expect("NEW", ip6(C6, S6, ICMP6, echo6(5, seq=2)), what="second request")
    lab.expect("REPLY", ip6(S6, C6, ICMP6, echo6(5, reply=True)), side="s")
    lab.expect("ESTABLISHED", ip6(C6, S6, ICMP6, echo6(5, seq=3)))
    check_timeout("replied", row(proto="icmpv6"), 77)
    check_equal("reply type", row(proto="icmpv6").reply["type"], "129")
    query = struct.pack("!HH", 1, 2) + b"\0" * 12
    lab.expect("NEW", ip6(C6, S6, ICMP6, icmp6(139, 0, query[:4], query[4:])), what="node information query")
    check_equal("its reply type", row(type=139).reply["type"], "140")
    check_equal("count", count(), 2)


main(test)
