#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# IRC's DCC SEND: the address is a decimal number, which NAT replaces by one of another length; the transfer that follows is RELATED.
from dialogue import *


def number(address):
    return struct.unpack("!I", addr(address))[0]


def test():
    lab = Lab()
    if not exports("nf_conntrack_helper_register", "nf_confirm"):
        skip("this module cannot carry NAT yet")
    run("modprobe", "nf_nat_irc")
    rule("raw", "-A PREROUTING -p tcp --dport 6667 -j CT --helper irc")
    for n, outside in enumerate(("200.1.2.3", "1.1.1.1", "0.200.1.1")):
        run("iptables-legacy", "-w", "-t", "nat", "-F", "POSTROUTING")
        rule("nat", f"-A POSTROUTING -o rs -j SNAT --to-source {outside}")
        d = Dialogue(lab, 43000 + n, 6667).open()
        line = b"PRIVMSG you :\1DCC SEND file %d %d 10\1\n"
        sent, there = line % (number(C), 1500 + n), line % (number(outside), 1500 + n)
        out = d.must("c", "PA", "DCC", sent)
        check_equal("DCC as the others see it", out.payload, there)
        at = d.seq["c"]
        out = d.must("c", "PA", "more", b"PING :x\n")
        check_equal("what follows is shifted", out.seq, at + len(there) - len(sent))
        back = d.must("s", "PA", "PONG", b"PONG :x\n")
        check_equal("ACK", back.ack, d.seq["c"])
        data = through(lab, ip(S, outside, TCP, tcp(60000, 1500 + n, "S", 1)), "s", TCP)
        check_equal("transfer", data and (data.state, data.dst, data.dport), ("RELATED", C, 1500 + n))


main(test)
