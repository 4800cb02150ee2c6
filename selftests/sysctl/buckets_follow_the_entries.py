#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# With more entries than buckets the table grows within seconds; what was asked for is what is read. Switched off, it stays as it is.
from lab import *

ASKED, FLOWS = 512, 3000


def test():
    improvement_of_ours("stock has the buckets that it was told")
    with inside(None):
        run("modprobe", "nf_conntrack", f"hashsize={ASKED}")
        sysctl("max", 2 * FLOWS)
    lab = Lab()
    parameter("auto_buckets", "0")
    parameter("hashsize", str(ASKED))
    for port in range(1, FLOWS // 2):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    check_equal("in use without auto_buckets", parameter("buckets_in_use"), str(ASKED))
    parameter("auto_buckets", "1")
    check_equal("in use then", parameter("buckets_in_use"), str(ASKED))
    for port in range(FLOWS // 2, FLOWS):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    wait_for(lambda: int(parameter("buckets_in_use")) >= 2 * FLOWS, "as many buckets as nodes", 10)
    check_equal("hashsize", parameter("hashsize"), str(ASKED))
    check_equal("nf_conntrack_buckets", sysctl("buckets"), ASKED)
    check_equal("count", count(), FLOWS - 1)
    check_equal("rows", len({row.orig["sport"] for row in rows()}), FLOWS - 1)
    # Written again, as boot scripts do, it does not make long chains.
    parameter("hashsize", str(ASKED))
    check(int(parameter("buckets_in_use")) >= 2 * FLOWS, "buckets in use after that")


main(test)
