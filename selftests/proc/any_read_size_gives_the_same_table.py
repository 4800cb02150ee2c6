#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# However small the pieces in which the table is read, it comes out whole and each entry once.
from lab import *

FLOWS = 400


def test():
    lab = Lab()
    sysctl("udp_timeout", 100000)
    for port in range(1000, 1000 + FLOWS):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    check_equal("count", count(), FLOWS)
    for size in (1, 7, 100, 512, 4096, 65536, 1 << 20):
        if size < 100 and SLOW > 5:
            continue
        table = os.open("/proc/net/nf_conntrack", os.O_RDONLY)
        data = b""
        while piece := os.read(table, size):
            data += piece
        os.close(table)
        found = [Row(line) for line in data.decode().splitlines()]
        check_equal(f"rows in pieces of {size}", len(found), FLOWS)
        check_equal(f"different ports in pieces of {size}", len({r.orig["sport"] for r in found}), FLOWS)


main(test)
