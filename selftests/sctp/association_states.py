#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# An SCTP association shows each of its states, from CLOSED (an INIT alone) to CLOSED, with each state's timeout.
from lab import *

OURS, THEIRS = 0x11111111, 0x22222222
INIT, COOKIE_ECHO, COOKIE_ACK, SHUTDOWN, SHUTDOWN_ACK, SHUTDOWN_COMPLETE, DATA = 1, 10, 11, 7, 8, 14, 0
TIMEOUTS = {"cookie_wait": 1011, "cookie_echoed": 1022, "established": 1033, "shutdown_sent": 1044, "shutdown_ack_sent": 1055, "closed": 1066}


def test():
    lab = Lab(v6=True)
    for name, seconds in TIMEOUTS.items():
        sysctl("sctp_timeout_" + name, seconds)
    for client, server, l3 in ((C, S, "ipv4"), (C6, S6, "ipv6")):
        def step(side, tag, chunk, verdict, state):
            src, dst, ports = (client, server, (4000, 5000)) if side == "c" else (server, client, (5000, 4000))
            lab.expect(verdict, ip(src, dst, SCTP, sctp(*ports, tag, chunk)), side)
            entry = rows(proto="sctp", l3=l3)[0]
            check_equal("state", entry.state, state)
            check_timeout(state, entry, TIMEOUTS[state.lower()])

        step("c", 0, sctp_init(OURS), "NEW", "CLOSED")
        step("s", OURS, sctp_init(THEIRS, reply=True), "REPLY", "COOKIE_WAIT")
        step("c", THEIRS, sctp_chunk(COOKIE_ECHO, b"cookie.."), "ESTABLISHED", "COOKIE_ECHOED")
        step("s", OURS, sctp_chunk(COOKIE_ACK), "REPLY", "ESTABLISHED")
        check(rows(proto="sctp", l3=l3)[0].assured, "row is assured")
        step("c", THEIRS, sctp_chunk(DATA, b"\0" * 12 + b"data"), "ESTABLISHED", "ESTABLISHED")
        step("c", THEIRS, sctp_chunk(SHUTDOWN, b"\0" * 4), "ESTABLISHED", "SHUTDOWN_SENT")
        step("s", OURS, sctp_chunk(SHUTDOWN_ACK), "REPLY", "SHUTDOWN_ACK_SENT")
        step("c", THEIRS, sctp_chunk(SHUTDOWN_COMPLETE), "ESTABLISHED", "CLOSED")


main(test)
