#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# 200 network namespaces are created, filled with IPv4 and IPv6 traffic and destroyed while others work on; no connection remains.
# time-limit: 150
from traffic import *

NAMESPACES = scale("NFCT_STRESS_NETNS", 200)
AT_ONCE = 4
QUIET = 2                   # namespaces that live through all of it


def short_life(number):
    """One namespace: some traffic, entries left behind in every state, gone with its process."""
    own_namespace()
    four = Loopback()
    for _ in range(1 + number % 3):
        four.round()
    if number % 2:
        Loopback(socket.AF_INET6).round()
    if number % 5 == 0:                     # torn down while a lot is in the table
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for port in range(1, 300):
                sock.sendto(b"x", ("127.0.0.1", port))
    with open("/proc/sys/net/netfilter/nf_conntrack_count") as file:
        if int(file.read()) < 3:
            raise AssertionError("nothing was tracked")


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
