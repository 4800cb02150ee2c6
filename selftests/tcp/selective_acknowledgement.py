#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SACK blocks count as acknowledgements if both sides allowed SACK: one that covers data nobody sent is INVALID.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab, sport=42100).open(options=opt_sack_permitted())
    base = flow.next["c"]
    flow.send("c", "PA", "ESTABLISHED", payload=b"x" * 1000)
    flow.send("s", "A", "REPLY", ack=base, options=opt_sack((base + 500, base + 1000)), what="SACK of data that was sent")
    flow.send("s", "A", "INVALID", ack=base, options=opt_sack((base + 5000, base + 6000)), what="SACK of data that nobody sent")
    flow.send("s", "A", "REPLY", ack=base, options=opt_timestamp(7, 8), what="ACK with a timestamp alone")
    plain = TcpFlow(lab, sport=42101).open()
    base = plain.next["c"]
    plain.send("c", "PA", "ESTABLISHED", payload=b"x" * 1000)
    plain.send("s", "A", "REPLY", ack=base, options=opt_sack((base + 5000, base + 6000)), what="SACK although nobody allowed it, not looked at")


main(test)
