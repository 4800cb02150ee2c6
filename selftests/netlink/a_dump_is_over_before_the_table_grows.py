#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Connections that come while a netlink dump is read, more than the table has room for: the dump shows each one that was there once. Ours grows afterwards.
import collections

import ctnetlink as ct
from lab import *

BUCKETS = 2048
BEFORE, MEANWHILE, AT_ONCE = 1000, 200, 50              # more than half as many as buckets: then ours wants to grow


def fill(talk, first, count_of_them):
    check_equal("flows that could not be made", talk.create_flows(range(first, first + count_of_them)), [])


def test():
    with inside(None):
        run("modprobe", "nf_conntrack", f"hashsize={BUCKETS}")
    Lab()
    run("modprobe", "nf_conntrack_netlink")
    ours = IMPL == "ours"
    talk = ct.Talk()
    fill(talk, 1, BEFORE)
    if ours:
        check_equal("buckets before", parameter("buckets_in_use"), str(BUCKETS))
    dump = ct.Dump()
    for first in range(BEFORE + 1, BEFORE + MEANWHILE + 1, AT_ONCE):
        check(not dump.over, "the dump goes on")
        dump.round()
        fill(talk, first, AT_ONCE)
        time.sleep(0.1)                                 # whoever would make more buckets has time for it
    check_equal("flows", count(), BEFORE + MEANWHILE)
    while not dump.over:
        dump.round()
    times = collections.Counter(dump.ports)
    check_equal("missing", [port for port in range(1, BEFORE + 1) if port not in times], [])
    check_equal("shown more than once", [port for port, n in times.items() if n > 1], [])
    if ours:
        wait_for(lambda: parameter("buckets_in_use") == str(2 * BUCKETS), "twice as many buckets when the dump is over", 10)
    dump.sock.close()


main(test)
