#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# An SCTP row has a state and ports, exactly as the kernel prints them.
from lab import *


def test():
    lab = Lab()
    lab.expect("NEW", ip4(C, S, SCTP, sctp(4000, 5000, 0, sctp_init(1))))
    check(re.fullmatch(rf"ipv4     2 sctp     132 [0-9]+ CLOSED src={C} dst={S} sport=4000 dport=5000 \[UNREPLIED\] "
                       rf"src={S} dst={C} sport=5000 dport=4000 mark=0 zone=0 use=2", row().raw), f"row is {row()}")


main(test)
