#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# 200 network namespaces are created, filled with IPv4 and IPv6 traffic and destroyed while others work on; no connection remains.
# time-limit: 150
from actors import short_life
from traffic import *

NAMESPACES = scale("NFCT_STRESS_NETNS", 200)
AT_ONCE = 4
QUIET = 2                   # namespaces that live through all of it


def long_life(stop):
    own_namespace()
    talk = Loopback()
    while not os.path.exists(stop):
        talk.round(talk.rounds % 20 == 0)
        time.sleep(0.002)
    print(f"a namespace beside them: {talk.rounds} rounds without a loss")


def test():
    hold_hooks()
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    stop = os.path.join(os.getcwd(), "stop")
    witnesses = [spawn(long_life, stop) for _ in range(QUIET)]
    running, failed, begun = [], [], time.monotonic()
    for number in range(NAMESPACES):
        running.append(spawn(short_life, number))
        if len(running) == AT_ONCE:
            failed += join(running[:1])
            running.pop(0)
    failed += join(running)
    print(f"{NAMESPACES} namespaces in {time.monotonic() - begun:.1f} s")
    open(stop, "w").close()
    failed += join(witnesses)
    check_equal("children that failed", failed, [])
    all_objects_gone(60)
    check_equal("entries here", count(), 0)


main(test)
