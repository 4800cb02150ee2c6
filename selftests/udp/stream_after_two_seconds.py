#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A UDP flow with traffic both ways that still goes on after two seconds is a stream: assured, with nf_conntrack_udp_timeout_stream.
from lab import *


def test():
    lab = Lab()
    sysctl("udp_timeout_stream", 555)
    there = ip4(C, S, UDP, udp(1000, 53, b"ping"))
    back = ip4(S, C, UDP, udp(53, 1000, b"pong"))
    started = time.monotonic()
    lab.expect("NEW", there)
    lab.expect("REPLY", back, side="s")

    def assured():
        lab.verdict(there)
        return row(proto="udp").assured

    wait_for(assured, "the flow becomes assured", 8)
    check(time.monotonic() - started > 1.9, "not before two seconds")
    check_timeout("stream", row(proto="udp"), 555)
    # One direction alone never makes a stream, however long it lasts.
    lone = ip4(C, S, UDP, udp(1001, 53, b"ping"))
    lab.expect("NEW", lone)
    started = time.monotonic()
    while time.monotonic() - started < 2.3:
        lab.put(lone)
        time.sleep(0.2)
    lab.expect("NEW", lone, what="the one-sided flow after two seconds")
    entry = row(sport=1001)
    check(entry.unreplied and not entry.assured and entry.timeout <= 30, "it is still unreplied and not assured")


main(test)
