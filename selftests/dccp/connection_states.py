#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A DCCP connection shows each of its states, with each state's timeout.
from lab import *

REQUEST, RESPONSE, ACK_, DATAACK, CLOSE, RESET = 0, 1, 3, 4, 6, 7
TIMEOUTS = {"request": 1011, "respond": 1022, "partopen": 1033, "open": 1044, "closing": 1055, "timewait": 1066}


def test():
    lab = Lab()
    for name, seconds in TIMEOUTS.items():
        sysctl("dccp_timeout_" + name, seconds)
    last = {"c": 1000, "s": 5000}

    def step(side, kind, verdict, state, **fields):
        src, dst, ports = (C, S, (4000, 5000)) if side == "c" else (S, C, (5000, 4000))
        last[side] += 1
        ack = None if kind == REQUEST else last["s" if side == "c" else "c"]
        lab.expect(verdict, ip4(src, dst, DCCP, dccp(*ports, kind, last[side], ack, **fields)), side)
        check_equal("state", row(proto="dccp").state, state)
        check_timeout(state, row(proto="dccp"), TIMEOUTS[state.lower()])

    step("c", REQUEST, "NEW", "REQUEST", service=42)
    step("s", RESPONSE, "REPLY", "RESPOND", service=42)
    step("c", ACK_, "ESTABLISHED", "PARTOPEN")
    step("s", DATAACK, "REPLY", "OPEN")
    check(row().assured, "row is assured")
    step("c", CLOSE, "ESTABLISHED", "CLOSING")
    step("s", RESET, "REPLY", "TIMEWAIT", reset=1 << 24)
    check(re.fullmatch(rf"ipv4     2 dccp     33 [0-9]+ TIMEWAIT src={C} dst={S} sport=4000 dport=5000 "
                       rf"src={S} dst={C} sport=5000 dport=4000 \[ASSURED\] mark=0 zone=0 use=2", row().raw), f"row is {row()}")


main(test)
