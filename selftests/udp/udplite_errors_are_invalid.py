#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# UDP-Lite without a checksum, with a coverage that is impossible, or with a wrong checksum is INVALID.
from lab import *


def test():
    lab = Lab()
    lab.expect("INVALID", ip4(C, S, UDPLITE, udplite(1, 2, b"data", csum=0)), what="no checksum")
    lab.expect("INVALID", ip4(C, S, UDPLITE, udplite(1, 2, b"data", coverage=7)), what="coverage inside the header")
    lab.expect("INVALID", ip4(C, S, UDPLITE, udplite(1, 2, b"data", coverage=13)), what="coverage past the end")
    lab.expect("INVALID", ip4(C, S, UDPLITE, udplite(1, 2, b"data", csum=0x1234)), what="wrong checksum")
    check_equal("statistic invalid", stat("invalid"), 4)
    sysctl("checksum", 0)
    lab.expect("INVALID", ip4(C, S, UDPLITE, udplite(1, 2, b"data", csum=0)), what="no checksum, checksums off")
    lab.expect("INVALID", ip4(C, S, UDPLITE, udplite(1, 2, b"data", coverage=7)), what="coverage inside the header, checksums off")
    lab.expect("NEW", ip4(C, S, UDPLITE, udplite(1, 2, b"data", csum=0x1234)), what="wrong checksum, checksums off")
    check_equal("count", count(), 1)


main(test)
