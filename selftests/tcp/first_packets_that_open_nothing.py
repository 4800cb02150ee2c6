#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SYN/ACK, FIN and RST without a connection are INVALID; SYN and ACK are NEW.
from lab import *


def test():
    lab = Lab()
    for number, (flags, wanted) in enumerate((("SA", "INVALID"), ("FA", "INVALID"), ("R", "INVALID"), ("RA", "INVALID"), ("FAU", "INVALID"),
                                              ("S", "NEW"), ("A", "NEW"), ("PA", "NEW"), ("AU", "NEW"), ("SU", "NEW"), ("SEC", "NEW"))):
        lab.expect(wanted, ip4(C, S, TCP, tcp(43000 + number, 80, flags, 100, 200)), what=flags)
        check_equal("rows", len(rows(sport=43000 + number)), 1 if wanted == "NEW" else 0)


main(test)
