#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A listener that does not ask for reliable events and cannot take them misses some; no entry waits for it.
from lab import *
from listener import GROUP_DESTROY, GROUP_NEW, Deaf, conntrack

N = 300


def test():
    lab = Lab()
    sysctl("events", 1)
    conntrack("-C")
    listener = Deaf(GROUP_NEW, GROUP_DESTROY, reliable=False)
    for port in range(1000, 1000 + N):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"?")))
    wait_for(lambda: count() == N, f"{N} entries")
    conntrack("-F")
    check_equal("entries", count(), 0)
    check(len(listener.take(0.3)) < 2 * N, "it missed some")


main(test)
