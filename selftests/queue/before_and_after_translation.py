#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A packet held before NAT has its first addresses, held after it the translated ones; it has no entry until both let it go.
from lab import *
from nfqueue import Queue


def test():
    lab = Lab()
    run("iptables-legacy", "-t", "mangle", "-A", "PREROUTING", "-p", "udp", "-j", "NFQUEUE", "--queue-num", "0")
    run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-d", "10.9.9.9", "-p", "udp", "-j", "DNAT", "--to-destination", S)
    run("nft", "-f", "-", stdin="""table ip t {
        chain translate { type nat hook postrouting priority srcnat; oifname rs masquerade; }
        chain late { type filter hook postrouting priority srcnat + 10; meta l4proto udp queue num 1; }
    }""")
    before, after = Queue(0), Queue(1)
    lab.flush()
    lab.put(ip4(C, "10.9.9.9", UDP, udp(1000, 53, b"question")))
    held = before.take_whole()
    seen = Seen(held.payload)
    check_equal("before translation", (seen.src, seen.dst), (C, "10.9.9.9"))
    before.release(held.number)
    held = after.take_whole()
    seen = Seen(held.payload)
    check_equal("after translation", (seen.src, seen.dst), (RS, S))
    check_equal("entries", len(rows()), 0)
    after.release(held.number)
    check(lab.get("s", wanted=lambda seen: seen.proto == UDP), "packet comes out")
    check_equal("reply tuple", row(proto="udp").reply, {"src": S, "dst": RS, "sport": "53", "dport": "1000"})
    # The answer is held before it is translated back, and never passes the second queue's source translation again.
    lab.flush()
    lab.put(ip4(S, RS, UDP, udp(53, 1000, b"answer")), "s")
    held = before.take_whole()
    check_equal("answer before translation", Seen(held.payload).dst, RS)
    before.release(held.number)
    held = after.take_whole()
    check_equal("answer after translation of its destination", Seen(held.payload).dst, C)
    after.release(held.number)
    answer = lab.get("c", wanted=lambda seen: seen.proto == UDP)
    check_equal("answer comes from", answer.src, "10.9.9.9")


main(test)
