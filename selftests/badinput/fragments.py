#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Fragments that overlap, repeat, come late, come alone or exceed the largest packet; whole ones are tracked, the rest makes no entry.
# time-limit: 120
from bench import *
from fragments_of import BODY, Pieces


def whole_again(bench, v6):
    """What must come together: then it is one packet to conntrack."""
    for size in (8, 16, 64, 128):
        bench.case(f"v6={v6} pieces of {size}", "NEW", Pieces(bench, v6).all(size))
        bench.case(f"v6={v6} pieces of {size}, backwards", "NEW", Pieces(bench, v6).all(size)[::-1])
        shuffled = Pieces(bench, v6).all(size)
        bench.case(f"v6={v6} pieces of {size}, odd before even", "NEW", shuffled[1::2] + shuffled[::2])
    repeated = Pieces(bench, v6).all(64)
    bench.case(f"v6={v6} the first twice", "NEW", [repeated[0], repeated[0]] + repeated[1:])
    p = Pieces(bench, v6)
    bench.case(f"v6={v6} ports written a second time", "NEW",
               [p.cut(0, 64), p.cut(0, 8, more=True, data=b"\0\x16\0\x16\0\x08\0\0"), p.cut(64, 136)])
    check_equal("the ports that count", [(r.orig["sport"], r.orig["dport"]) for r in rows(src=ipaddress.ip_address(p.c).exploded)], [("1000", "53")])
    # A transport header that lies across pieces, with every tracker.
    for name, proto, segment in (("tcp", TCP, tcp(1, 80, "S", options=opt_mss(1460) + opt_wscale(2) + opt_timestamp(1, 2))),
                                 ("udplite", UDPLITE, udplite(1, 80, BODY, coverage=40)),
                                 ("icmp", ICMP6 if v6 else ICMP, (echo6 if v6 else echo)(1, payload=BODY)),
                                 ("gre", GRE, b"\x30\x01\x88\x0b\0\0\0\x09" + BODY), ("unknown", NOBODY, BODY)):
        size = 24 if v6 and proto == TCP else 8
        bench.case(f"v6={v6} {name} in pieces of {size}", "NEW", Pieces(bench, v6, segment, proto).all(size))
    bench.verdict_on_all(f"fragments that make a packet, v6={v6}")


def bad_when_whole(bench, v6):
    for name, proto, segment in (("udp, wrong sum", UDP, udp(1, 53, BODY, csum=1)), ("udp, wrong length", UDP, udp(1, 53, BODY, length=1000)),
                                 ("tcp, wrong sum", TCP, tcp(1, 80, "S", payload=BODY, csum=1)), ("tcp, no flags", TCP, tcp(1, 80, "", payload=BODY)),
                                 ("tcp, offset past the end", TCP, tcp(1, 80, "S", doff=15, payload=b"1234"))):
        bench.case(f"v6={v6} {name}, in pieces", "INVALID", Pieces(bench, v6, segment, proto).all(8))
    error = icmp6(1, 0, b"\0" * 4, BODY) if v6 else icmp(3, 0, b"\0" * 4, BODY)
    bench.case(f"v6={v6} icmp error about nonsense, in pieces", "INVALID", Pieces(bench, v6, error, ICMP6 if v6 else ICMP).all(16), icmp_error=1)
    bench.verdict_on_all(f"packets that are bad when whole, v6={v6}")


def never_whole(bench, v6):
    """What must not come together, and must leave no entry."""
    drop = lambda name, sent, wanted="DROP": bench.case(f"v6={v6} {name}", wanted, sent)
    # IPv6's defragmenter hands a piece that breaks the rules on as it is; conntrack sees half a transport header.
    passed_on = lambda pieces: [("INVALID", {"invalid": pieces})] if v6 else "DROP"
    p = Pieces(bench, v6)
    drop("the first piece alone", p.cut(0, 64))
    p = Pieces(bench, v6)
    drop("the last piece alone", p.cut(64, 136))
    p = Pieces(bench, v6)
    drop("a hole in the middle", [p.cut(0, 64), p.cut(72, 136)])
    p = Pieces(bench, v6)
    drop("teardrop: the second ends within the first", [p.cut(0, 64), p.cut(24, 40, more=False)])
    p = Pieces(bench, v6)
    drop("overlap by 8 bytes", [p.cut(0, 72), p.cut(64, 136)])
    p = Pieces(bench, v6)
    drop("overlap from behind", [p.cut(64, 136), p.cut(0, 72)])
    p = Pieces(bench, v6)
    drop("a piece that covers all others", [p.cut(0, 16), p.cut(32, 48), p.cut(8, 136), p.cut(16, 32)])
    p = Pieces(bench, v6)
    drop("two different ends", [p.cut(64, 136), p.cut(64, 128, more=False), p.cut(0, 64)],
         "NEW" if v6 else "DROP")       # IPv6 forgets the piece, IPv4 the packet
    p = Pieces(bench, v6)
    drop("an end before what is there", [p.cut(0, 64), p.cut(64, 128, more=True), p.cut(32, 40, more=False)])
    p = Pieces(bench, v6)
    drop("past the largest packet", [p.cut(0, 64), p.cut(0, 64, offset=65528, more=False)])
    p = Pieces(bench, v6)
    drop("length no multiple of 8, more to come", [p.cut(0, 61, more=True), p.cut(64, 136)], passed_on(1))
    p = Pieces(bench, v6)
    drop("empty, more to come", [p.cut(0, 0, more=True), p.cut(0, 0, more=True)], passed_on(2))
    p = Pieces(bench, v6)
    drop("empty end behind the only piece's start", [p.cut(64, 64, more=False), p.cut(0, 32)])
    bench.verdict_on_all(f"fragments that never make a packet, v6={v6}")


def many(bench, v6):
    """A flood of first pieces: each waits, none is an entry, and the next whole packet still passes."""
    before = bench.tally()["entries"]
    for _ in range(400):
        bench.put(Pieces(bench, v6).cut(0, 64))
    bench.through([])
    check_equal(f"entries after 400 lonely pieces, v6={v6}", bench.tally()["entries"], before)
    bench.case(f"v6={v6} a packet after them", "NEW", Pieces(bench, v6).all(64))
    bench.verdict_on_all(f"lonely pieces, v6={v6}")


def test():
    bench = Bench().open()
    for v6 in (False, True):
        whole_again(bench, v6)
        bad_when_whole(bench, v6)
        never_whole(bench, v6)
        many(bench, v6)
    p = Pieces(bench, True)
    bench.case("a lone IPv6 fragment that is the whole packet", "NEW", p.cut(0, 136, more=False))
    bench.verdict_on_all("atomic fragment")


main(test)
