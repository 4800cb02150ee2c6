#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# With nf_conntrack_timestamp, a row says how many seconds its entry has lived.
from lab import *


def test():
    lab = Lab()
    lab.expect("NEW", ip4(C, S, UDP, udp(999, 53, b"early")))
    sysctl("timestamp", 1)
    born = time.monotonic()
    lab.expect("NEW", ip4(C, S, UDP, udp(1000, 53, b"x")))
    entry = row(sport=1000)
    check(re.search(r" mark=0 zone=0 delta-time=[01] use=2$", entry.raw), "delta-time stands between zone and use")
    check("delta-time" not in row(sport=999).more, "an entry from before has none")
    wait_for(lambda: int(row(sport=1000).more["delta-time"]) >= 2, "it grows")
    check(time.monotonic() - born >= 1.9, "no faster than the clock")


main(test)
