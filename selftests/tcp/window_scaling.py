#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The window is scaled if both sides agreed to it, and only then.
from lab import *


def test():
    lab = Lab()
    scaled = TcpFlow(lab, sport=42000, window=1000).open(options=opt_wscale(7))
    scaled.send("s", "A", "REPLY")
    scaled.send("c", "PA", "ESTABLISHED", seq=scaled.next["c"] + 100000, payload=b"x", what="data at 100000, window 1000 << 7")
    one_sided = TcpFlow(lab, sport=42001, window=1000).open(options=opt_wscale(7), server_options=b"")
    one_sided.send("s", "A", "REPLY")
    one_sided.send("c", "PA", "INVALID", seq=one_sided.next["c"] + 100000, payload=b"x", what="data at 100000, only the client offered scaling")
    plain = TcpFlow(lab, sport=42002, window=1000).open()
    plain.send("s", "A", "REPLY")
    plain.send("c", "PA", "INVALID", seq=plain.next["c"] + 100000, payload=b"x", what="data at 100000, nobody scales")
    # 14 is the largest shift there is (RFC 7323): 15 counts as 14.
    huge = TcpFlow(lab, sport=42003, window=1000).open(options=opt_wscale(15))
    huge.send("s", "A", "REPLY")
    huge.send("c", "PA", "ESTABLISHED", seq=huge.next["c"] + (1000 << 14) - 10, payload=b"x", what="data just inside 1000 << 14")
    huge = TcpFlow(lab, sport=42004, window=1000).open(options=opt_wscale(15))
    huge.send("s", "A", "REPLY")
    huge.send("c", "PA", "INVALID", seq=huge.next["c"] + 40000000, payload=b"x", what="data at 40000000, where a shift of 15 would be needed")


main(test)
