#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# When the program that holds packets ends, they are dropped and their entries freed.
from lab import *
from nfqueue import Queue


def test():
    lab = Lab()
    run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "-j", "NFQUEUE")
    queue = Queue()
    lab.flush()
    for port in range(1000, 1020):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
        queue.take()
    check_equal("rows while they are held", len(rows()), 0)
    queue.close()
    check(lab.get("s", 0.3, lambda seen: seen.proto == UDP) is None, "none comes out")
    wait_for(lambda: count() == 0, "count is zero")
    lab.put(ip4(C, S, ICMP, echo(1)))
    check_equal("others are tracked", len(rows(proto="icmp")), 1)


main(test)
