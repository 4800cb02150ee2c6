#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# FTP's PORT with an address of another length behind NAT: sequence numbers, ACKs and SACK blocks of both sides fit, also when sent again.
from dialogue import *

M = 0xffffffff


def conversation(lab, sport, cseq, sseq, address, by, high):
    d = Dialogue(lab, sport, 21, cseq=cseq, sseq=sseq).open(opt_sack_permitted())
    greeting = d.must("s", "PA", "greeting", b"220 welcome\r\n")
    check_equal("greeting's state", greeting.state, "REPLY")
    check_equal("greeting", (greeting.payload, greeting.seq, greeting.dst), (b"220 welcome\r\n", (sseq + 1) & M, C))
    d.must("c", "PA", "USER", b"USER me\r\n")        # the helper reads lines only behind an end of line that it has seen

    def port(number):
        there = b"PORT %s,%d,1\r\n" % (address.replace(".", ",").encode(), number)
        return b"PORT 10,0,1,2,%d,1\r\n" % number, there

    sent, there = port(high)
    check_equal("difference of length", len(there) - len(sent), by)
    first = d.seq["c"]
    out = d.must("c", "PA", "PORT", sent)
    check_equal("PORT as the server sees it", (out.payload, out.seq, out.src), (there, first, address))
    check_equal("expectations", len(expectations()), 1)
    again = d.must("c", "PA", "PORT again", sent, seq=first)
    check_equal("PORT sent again", (again.payload, again.seq), (there, first))
    check_equal("expectations", len(expectations()), 1)

    back = d.must("s", "A", "ACK of PORT")
    check_equal("ACK of PORT as the client sees it", back.ack, d.seq["c"])
    back = d.must("s", "A", "ACK from before PORT", ack=first)
    check_equal("ACK from before PORT", back.ack, first)

    second = d.seq["c"]
    out = d.must("c", "PA", "LIST", b"LIST\r\n")
    check_equal("LIST's number is shifted", (out.payload, out.seq), (b"LIST\r\n", (second + by) & M))
    again = d.must("c", "PA", "LIST again", b"LIST\r\n", seq=second)
    check_equal("LIST again", again.seq, (second + by) & M)
    # An edge close behind what the client sent would not do: with an ACK from before the change it is judged by the client's numbers.
    d.must("c", "PA", "more data", b"NOOP NOOP NOOP NOOP\r\n")
    probe = d.must("c", "A", "ACK without data")
    check_equal("ACK without data", probe.seq, (d.seq["c"] + by) & M)

    # The server misses PORT and has LIST; then it misses a byte before both.
    at = (out.seq, (out.seq + 6) & M)
    back = d.must("s", "A", "SACK of LIST", ack=first, options=opt_sack(at))
    check_equal("SACK of LIST", (back.ack, back.sack()), (first, [(second, (second + 6) & M)]))
    back = d.must("s", "A", "two blocks", ack=first, options=b"\1\1" + opt_sack((first, (first + len(there)) & M), at))
    check_equal("a block up to the change and one behind it", back.sack(),
                [(first, (first + len(sent)) & M), (second, (second + 6) & M)])
    reply = d.must("s", "PA", "200", b"200 fine\r\n")
    check_equal("what the server sends is not shifted", reply.seq, (sseq + 1 + 13) & M)
    check_equal("but what it acknowledges is", reply.ack, d.seq["c"])

    sent, there = port(high + 1)
    third = d.seq["c"]
    out = d.must("c", "PA", "second PORT", sent)
    check_equal("second PORT", (out.payload, out.seq), (there, (third + by) & M))
    fourth = d.seq["c"]
    out = d.must("c", "PA", "NOOP", b"NOOP\r\n")
    check_equal("behind the second change", out.seq, (fourth + 2 * by) & M)
    again = d.must("c", "PA", "LIST once more", b"LIST\r\n", seq=second)
    check_equal("between the changes", again.seq, (second + by) & M)
    back = d.must("s", "A", "ACK of NOOP", options=opt_sack((out.seq, (out.seq + 6) & M)))
    check_equal("ACK and SACK behind the second change", (back.ack, back.sack()), (d.seq["c"], [(fourth, (fourth + 6) & M)]))

    # The second PORT has taken the place of the first.
    data = through(lab, ip(S, address, TCP, tcp(20, (high + 1) * 256 + 1, "S", 77)), "s", TCP)
    check_equal("data connection", data and (data.state, data.dst, data.dport, data.sport), ("RELATED", C, (high + 1) * 256 + 1, 20))
    data = through(lab, ip(C, S, TCP, tcp((high + 1) * 256 + 1, 20, "SA", 99, 78)), "c", TCP)
    check_equal("its answer", data and (data.state, data.src, data.ack), ("REPLY", address, 78))

    out = d.must("c", "FA", "FIN")
    check_equal("FIN", out.seq, (d.seq["c"] - 1 + 2 * by) & M)
    back = d.must("s", "FA", "FIN of the server")
    check_equal("its ACK", back.ack, d.seq["c"])
    d.must("c", "A", "last ACK")
    check_equal("state", row(proto="tcp", sport=sport).state, "TIME_WAIT")


def test():
    lab = Lab()
    if not exports("nf_conntrack_helper_register", "nf_confirm"):
        skip("this module cannot carry NAT yet")
    run("modprobe", "nf_nat_ftp")
    rule("raw", "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp")
    cases = (("10.0.2.111", 2, 1000, 5000), ("1.1.1.1", -1, 1000, 5000), ("203.0.113.199", 5, 0xffffffe0, 0xfffffff8),
             ("1.1.1.1", -1, 0xfffffff0, 0x7fffffff))
    for number, (address, by, cseq, sseq) in enumerate(cases):
        print(f"-- {address}: {by:+d}, numbers from {cseq:#x} and {sseq:#x}")
        run("iptables-legacy", "-w", "-t", "nat", "-F", "POSTROUTING")
        rule("nat", f"-A POSTROUTING -o rs -j SNAT --to-source {address}")
        conversation(lab, 40000 + number, cseq, sseq, address, by, (2, 4, 6, 8)[number])


main(test)
