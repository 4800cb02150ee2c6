#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# TFTP: the server's data comes from a port of its own; with the helper it is RELATED, through NAT too, and without it is a stranger.
from dialogue import *

READ = b"\0\1file\0octet\0"


def test():
    lab = Lab()
    if not exports("nf_conntrack_helper_register", "nf_confirm"):
        skip("this module cannot carry NAT yet")
    run("modprobe", "nf_nat_tftp")
    rule("raw", "-A PREROUTING -p udp --dport 69 -j CT --helper tftp")
    rule("nat", f"-A POSTROUTING -o rs -j SNAT --to-source {RS}")
    out = through(lab, ip(C, S, UDP, udp(2000, 69, READ)), "c", UDP)
    check_equal("request", out and (out.state, out.src, out.sport, out.payload), ("NEW", RS, 2000, READ))
    check_equal("expectations", len(expectations()), 1)
    data = through(lab, ip(S, RS, UDP, udp(3333, 2000, b"\0\3\0\1hello")), "s", UDP)
    check_equal("data", data and (data.state, data.dst, data.dport, data.payload), ("RELATED", C, 2000, b"\0\3\0\1hello"))
    check_equal("expectations", len(expectations()), 0)
    ack = through(lab, ip(C, S, UDP, udp(2000, 3333, b"\0\4\0\1")), "c", UDP)
    check_equal("acknowledgement", ack and (ack.state, ack.src), ("REPLY", RS))
    # Its time is up unless somebody answers: an expectation lives as long as the helper says, then the port is closed again.
    check_equal("data without a request", through(lab, ip(S, RS, UDP, udp(3334, 2001, b"\0\3\0\1")), "s", UDP, SILENCE), None)
    # Every byte of a request may be missing.
    for size in range(len(READ)):
        through(lab, ip(C, S, UDP, udp(2100 + size, 69, READ[:size])), "c", UDP, SILENCE)
    check(rows(proto="udp", sport=2000, dport=69), "the first connection is still there")


main(test)
