#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A correct UDP-Lite checksum, whole or partial, is accepted, and a wrong one is not.
from lab import *


def test():
    improvement_of_ours("stock verifies UDP-Lite with UDP's protocol number in the pseudo header, so every correct checksum fails")
    lab = Lab(v6=True)
    for number, (client, server) in enumerate(((C, S), (C6, S6))):
        for coverage in (0, 8, 12, 20):
            good = udplite(1000 + number, 2000 + coverage, b"x" * 12, coverage=coverage)
            lab.expect("NEW", ip(client, server, UDPLITE, good), what=f"coverage {coverage}")
        damaged = bytearray(ip(client, server, UDPLITE, udplite(1000, 3000, b"x" * 12, coverage=12)))
        damaged[-1] ^= 1
        lab.expect("NEW", bytes(damaged), what="damage outside the coverage")
        damaged[-10] ^= 1
        lab.expect("INVALID", bytes(damaged), what="damage inside the coverage")


main(test)
