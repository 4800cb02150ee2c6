#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A listener that asks for reliable events and cannot take them hears of every destruction later, once; until then the entry counts.
from lab import *
from listener import CTNL_DELETE, GROUP_DESTROY, Deaf, conntrack

N = 300


def test():
    lab = Lab()
    sysctl("events", 1)
    conntrack("-C")
    listener = Deaf(GROUP_DESTROY)
    for port in range(1000, 1000 + N):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"?")))
    wait_for(lambda: count() == N, f"{N} entries")
    conntrack("-F")
    check_equal("entries in the table", len(rows()), 0)
    waiting = count()
    check(0 < waiting < N, f"{waiting} entries wait until their end could be told")
    listed = conntrack("-L", "dying", may_fail=True)
    check(0 < listed.count("sport=") // 2 <= N, "they are listed as dying")
    heard = []
    end = time.monotonic() + 20 * SLOW
    while len(heard) < N and time.monotonic() < end:
        heard += [message for kind, message in listener.take(0.2) if kind == CTNL_DELETE]
    check_equal("destructions heard of", len(heard), N)
    # The ports stand in each message as they stood in the packet.
    ports = {port for port in range(1000, 1000 + N) for message in heard if port.to_bytes(2, "big") + b"\0\0\x06\0\x03\0\0\x35" in message}
    check_equal("different ones", len(ports), N)
    wait_for(lambda: count() == 0, "no entry is left")
    check(not listener.take(0.3), "nothing is told twice")


main(test)
