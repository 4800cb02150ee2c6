#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A packet whose bytes are replaced in the queue, before or after it has an entry, goes on translated and tracked.
import struct

from lab import *
from nfqueue import Queue


def test():
    lab = Lab()
    run("iptables-legacy", "-t", "mangle", "-A", "PREROUTING", "-p", "udp", "-j", "NFQUEUE")
    run("iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-o", "rs", "-p", "udp", "-j", "SNAT", "--to-source", RS + ":7000")
    queue = Queue()

    def pass_changed(packet, changed, side, what):
        lab.flush()
        lab.put(packet, side)
        queue.release(queue.take(), payload=changed)
        out = lab.get("s" if side == "c" else "c", wanted=lambda seen: seen.proto == UDP)
        check(out, what + " comes out")
        return out

    out = pass_changed(ip4(C, S, UDP, udp(1000, 53, b"short")), ip4(C, S, UDP, udp(1000, 53, b"a longer question than before")), "c", "first packet")
    check_equal("what comes out", (out.src, out.body[8:]), (RS, b"a longer question than before"))
    check_equal("its sum", checksum(addr(RS) + addr(S) + struct.pack("!BBH", 0, UDP, len(out.body)) + out.body), 0)
    entry = row(proto="udp")
    check_equal("reply tuple", entry.reply, {"src": S, "dst": RS, "sport": "53", "dport": "7000"})
    out = pass_changed(ip4(S, RS, UDP, udp(53, 7000, b"a long answer, longer than wanted")), ip4(S, RS, UDP, udp(53, 7000, b"no")), "s", "answer")
    check_equal("what comes out", (out.dst, out.body[2:4], out.body[8:]), (C, struct.pack("!H", 1000), b"no"))
    check(not row(proto="udp").unreplied, "entry has its reply")
    check_equal("count", count(), 1)


main(test)
