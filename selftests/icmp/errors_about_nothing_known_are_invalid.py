#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Errors are INVALID if the quoted packet belongs to no flow, is cut short, or does not match the address the error is sent to.
from lab import *


def test():
    lab = Lab(v6=True)
    known = ip4(C, S, UDP, udp(1000, 53, b"question"))
    known6 = ip6(C6, S6, UDP, udp(1000, 53, b"question"))
    lab.expect("NEW", known)
    lab.expect("NEW", known6)
    unknown = ip4(C, S, UDP, udp(1001, 53, b"question"))
    unknown6 = ip6(C6, S6, UDP, udp(1001, 53, b"question"))

    def error(quoted, dst=C):
        return ip4(S, dst, ICMP, icmp(3, 3, b"\0" * 4, quoted))

    def error6(quoted, dst=C6):
        return ip6(S6, dst, ICMP6, icmp6(1, 4, b"\0" * 4, quoted))

    lab.expect("RELATED-REPLY", error(known[:28]), side="s", what="error about the known flow")
    lab.expect("INVALID", error(unknown[:28]), side="s", what="error about an unknown flow")
    lab.expect("INVALID", error(b""), side="s", what="error that quotes nothing")
    lab.expect("INVALID", error(known[:19]), side="s", what="error that quotes half a header")
    lab.expect("INVALID", error(known[:20]), side="s", what="error that quotes no ports")
    lab.expect("INVALID", error(ip4(C, S, ICMP, icmp(5, 0, b"\0" * 4, known[:28]))), side="s", what="error about an error")
    lab.expect("RELATED-REPLY", error6(known6), side="s", what="IPv6 error about the known flow")
    lab.expect("INVALID", error6(unknown6), side="s", what="IPv6 error about an unknown flow")
    lab.expect("INVALID", error6(b""), side="s", what="IPv6 error that quotes nothing")
    lab.expect("INVALID", error6(known6[:39]), side="s", what="IPv6 error that quotes half a header")
    lab.expect("INVALID", error6(known6[:40]), side="s", what="IPv6 error that quotes no ports")
    # Sent to a third host, which is not the one that sent the quoted packet.
    run("ip", "-n", ROUTER, "neigh", "add", "10.0.1.9", "lladdr", "02:00:00:00:00:c1", "dev", "rc", "nud", "permanent")
    run("ip", "-n", ROUTER, "neigh", "add", "fd00:1::9", "lladdr", "02:00:00:00:00:c1", "dev", "rc", "nud", "permanent")
    lab.expect("INVALID", error(known[:28], "10.0.1.9"), side="s", what="error sent to a third host")
    lab.expect("INVALID", error6(known6, "fd00:1::9"), side="s", what="IPv6 error sent to a third host")
    check_equal("statistic invalid, which does not count errors", stat("invalid"), 0)
    check_equal("statistic icmp_error", stat("icmp_error"), 11)


main(test)
