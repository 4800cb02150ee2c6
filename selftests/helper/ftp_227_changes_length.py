#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# FTP's answers 227 and 229 from a server behind DNAT: the server's numbers are shifted, what the client acknowledges is shifted back.
from dialogue import *

M = 0xffffffff


def passive(lab, sport, cseq, sseq, virtual, by, high):
    d = Dialogue(lab, sport, 21, server=virtual, cseq=cseq, sseq=sseq).open(opt_sack_permitted())
    d.must("s", "PA", "greeting", b"220 hi\r\n")
    d.must("c", "PA", "PASV", b"PASV\r\n")
    sent = b"227 Entering Passive Mode (10,0,2,2,%d,1)\r\n" % high
    there = b"227 Entering Passive Mode (%s,%d,1)\r\n" % (virtual.replace(".", ",").encode(), high)
    check_equal("difference of length", len(there) - len(sent), by)
    first = d.seq["s"]
    out = d.must("s", "PA", "227", sent)
    check_equal("227 as the client sees it", (out.payload, out.seq, out.src), (there, first, virtual))
    again = d.must("s", "PA", "227 again", sent, seq=first)
    check_equal("227 sent again", (again.payload, again.seq), (there, first))
    check_equal("expectations", len(expectations()), 1)
    back = d.must("c", "A", "ACK of 227")
    check_equal("ACK of 227 as the server sees it", (back.ack, back.dst), (d.seq["s"], S))
    second = d.seq["s"]
    out = d.must("s", "PA", "150", b"150 here it comes\r\n")
    check_equal("150's number is shifted", out.seq, (second + by) & M)
    d.must("s", "PA", "more", b"226 and there it was, all of it\r\n")
    back = d.must("c", "A", "SACK of 150", ack=first, options=opt_sack((out.seq, (out.seq + 19) & M)))
    check_equal("SACK of 150", (back.ack, back.sack()), (first, [(second, (second + 19) & M)]))
    back = d.must("c", "PA", "QUIT", b"QUIT\r\n")
    check_equal("QUIT", (back.payload, back.ack), (b"QUIT\r\n", d.seq["s"]))
    data = through(lab, ip(C, virtual, TCP, tcp(50000, high * 256 + 1, "S", 1)), "c", TCP)
    check_equal("data connection", data and (data.state, data.dst, data.dport), ("RELATED", S, high * 256 + 1))
    data = through(lab, ip(S, C, TCP, tcp(high * 256 + 1, 50000, "SA", 1, 2)), "s", TCP)
    check_equal("its answer", data and (data.state, data.src), ("REPLY", virtual))


def test():
    lab = Lab()
    if not exports("nf_conntrack_helper_register", "nf_confirm"):
        skip("this module cannot carry NAT yet")
    run("modprobe", "nf_nat_ftp")
    rule("raw", "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp")
    cases = (("10.0.2.200", 2, 1000, 5000), ("1.1.1.1", -1, 9000, 0xffffffe8), ("203.0.113.199", 5, 0xfffffff0, 0x7fffffc0))
    for number, (address, by, cseq, sseq) in enumerate(cases):
        print(f"-- {address}: {by:+d}, numbers from {cseq:#x} and {sseq:#x}")
        run("iptables-legacy", "-w", "-t", "nat", "-F", "PREROUTING")
        rule("nat", f"-A PREROUTING -i rc -d {address} -j DNAT --to-destination {S}")
        passive(lab, 41000 + number, cseq, sseq, address, by, 6 + number)


main(test)
