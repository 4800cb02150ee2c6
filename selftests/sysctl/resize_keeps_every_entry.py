#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The number of buckets changes through the sysctl and through the parameter, up and down, and every flow is still known.
from lab import *

FLOWS = 500
PARAMETER = "/sys/module/nf_conntrack/parameters/hashsize"


def resize(buckets, by_parameter):
    with inside(None):
        if by_parameter:
            with open(PARAMETER, "w") as file:
                file.write(str(buckets))
        else:
            sysctl("buckets", buckets)
        with open(PARAMETER) as file:
            return sysctl("buckets"), int(file.read())


def test():
    lab = Lab()
    packets_back = []
    for port in range(1000, 1000 + FLOWS):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
        packets_back.append(ip4(S, C, UDP, udp(53, port, b"y")))
    check_equal("count", count(), FLOWS)
    limit = None
    with inside(None):
        limit = sysctl("max")
    for number, buckets in enumerate((512, 131072, 1024, 4096, 65536)):
        got = resize(buckets, number % 2 == 1)
        check_equal("buckets, by sysctl and by parameter", got, (buckets, buckets))
        check_equal("count", count(), FLOWS)
        check_equal("rows", len({r.orig["sport"] for r in rows()}), FLOWS)
        for port in range(0, FLOWS, 37):
            got = lab.verdict(packets_back[port], "s")
            if got != "REPLY":
                fail(f"answer to port {1000 + port} after resize to {buckets}: {got}")
    with inside(None):
        check_equal("max is not touched", sysctl("max"), limit)
    # A number that is not a whole page of buckets is rounded up.
    check_equal("buckets for 1000", resize(1000, False), (1024, 1024))
    check_equal("count", count(), FLOWS)


main(test)
