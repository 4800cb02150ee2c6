#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SCTP packets with a wrong verification tag or a wrong checksum are INVALID, and so are chunks that need an association without one.
from lab import *


def test():
    lab = Lab()

    def expect(wanted, tag, chunk, side="c", what="", **fields):
        src, dst, ports = (C, S, (4000, 5000)) if side == "c" else (S, C, (5000, 4000))
        lab.expect(wanted, ip4(src, dst, SCTP, sctp(*ports, tag, chunk, **fields)), side, what)

    expect("INVALID", 0, sctp_init(1), what="INIT with a bad checksum", csum=0x12345678)
    expect("INVALID", 5, sctp_init(1), what="INIT with a tag")
    for kind, name in ((6, "ABORT"), (11, "COOKIE ACK"), (14, "SHUTDOWN COMPLETE")):
        expect("INVALID", 0, sctp_chunk(kind), what=name + " without an association")
    check_equal("count", count(), 0)
    expect("NEW", 0, sctp_init(0x11), what="INIT")
    expect("INVALID", 0x99, sctp_init(0x22, reply=True), "s", what="INIT ACK with a wrong tag")
    expect("REPLY", 0x11, sctp_init(0x22, reply=True), "s", what="INIT ACK")
    expect("INVALID", 0x99, sctp_chunk(10, b"cookie"), what="COOKIE ECHO with a wrong tag")
    expect("ESTABLISHED", 0x22, sctp_chunk(10, b"cookie"), what="COOKIE ECHO")
    expect("REPLY", 0x11, sctp_chunk(11), "s", what="COOKIE ACK")
    expect("INVALID", 0x99, sctp_chunk(6), what="ABORT with a wrong tag")
    check_equal("state", row(proto="sctp").state, "ESTABLISHED")
    expect("ESTABLISHED", 0x22, sctp_chunk(6), what="ABORT")
    check_equal("state", row(proto="sctp").state, "CLOSED")


main(test)
