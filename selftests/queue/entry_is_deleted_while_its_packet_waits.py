#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A packet in the queue survives the deletion of its entry; the next one makes a new entry; nothing leaks.
import ctnetlink as ct
from lab import *
from nfqueue import NF_DROP, Queue


def test():
    lab = Lab()
    run("modprobe", "nf_conntrack_netlink")
    run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "-j", "NFQUEUE")
    queue = Queue()
    talk = ct.Talk()
    packet = ip4(C, S, UDP, udp(1000, 53, b"x"))
    udp_out = lambda: lab.get("s", wanted=lambda seen: seen.proto == UDP)

    def hold():
        lab.flush()
        lab.put(packet)
        return queue.take()

    # A new packet, not yet in the table: a flush does not reach it.
    number = hold()
    check_equal("flush", talk.flush(), "ok")
    queue.release(number)
    check(udp_out(), "a new packet comes out after a flush")
    check_equal("its entry", len(rows(proto="udp")), 1)

    # A packet of a known connection that goes while the packet waits.
    for verdict in (1, NF_DROP):
        number = hold()
        check_equal("deleted", talk.delete(ct.both(UDP, 1000, 53)), "ok")
        check_equal("rows", len(rows()), 0)
        queue.release(number, verdict)
        if verdict == NF_DROP:
            check(lab.get("s", 0.2, lambda seen: seen.proto == UDP) is None, "a dropped packet does not come out")
        else:
            check(udp_out(), "packet of a deleted entry comes out")
            check_equal("no entry comes back with it", len(rows()), 0)
        wait_for(lambda: count() == 0, "count returns to zero")
        queue.release(hold())
        out = udp_out()
        check_equal("the next packet is", STATES[out.dscp], "NEW")
        check_equal("rows", len(rows()), 1)

    # Another process made the same connection meanwhile: the waiting packet joins it.
    check_equal("flush", talk.flush(), "ok")
    number = hold()
    check_equal("made by hand", talk.create(ct.both(UDP, 1000, 53) + ct.u32(ct.TIMEOUT_LEFT, 100) + ct.u32(ct.MARK, 7)), "ok")
    queue.release(number)
    check(udp_out(), "packet comes out")
    check_equal("rows", len(rows(proto="udp")), 1)
    check_equal("mark of the one that was first", row(proto="udp").more["mark"], "7")
    check_equal("flush", talk.flush(), "ok")
    wait_for(lambda: count() == 0, "count returns to zero")


main(test)
