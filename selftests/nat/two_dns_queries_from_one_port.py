#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Two queries from one port that meet before either is confirmed both pass DNAT to one back end, or clash over two, and none is lost.
import struct

from lab import *
from nfqueue import Queue


def ask_twice(lab, queue, port):
    """Two questions held after DNAT, before they are confirmed; returns where they came out."""
    lab.flush()
    for question in (b"A?", b"AAAA?"):
        lab.put(ip4(C, "10.96.0.10", UDP, udp(port, 53, question)))
    held = [queue.take(), queue.take()]
    check_equal("entries while both are held", len(rows(sport=port)), 0)
    for number in held:
        queue.release(number)
    out = [lab.get("s", wanted=lambda seen: seen.proto == UDP) for _ in held]
    check(all(out), "both questions get through")
    return [seen.dst for seen in out]


def test():
    lab = Lab()
    run("ip", "neigh", "add", "10.0.2.11", "lladdr", "02:00:00:00:00:51", "dev", "rs", "nud", "permanent")
    run("ip", "neigh", "add", "10.0.2.12", "lladdr", "02:00:00:00:00:51", "dev", "rs", "nud", "permanent")
    run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "--dport", "53", "-j", "NFQUEUE")
    run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-d", "10.96.0.10", "-p", "udp", "--sport", "1000", "-j", "DNAT",
        "--to-destination", "10.0.2.11")
    # Two back ends in turn: the second question of a pair is translated to another address than the first.
    run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-d", "10.96.0.10", "-p", "udp", "--sport", "2000", "-m", "statistic",
        "--mode", "nth", "--every", "2", "--packet", "0", "-j", "DNAT", "--to-destination", "10.0.2.11")
    run("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-d", "10.96.0.10", "-p", "udp", "--sport", "2000", "-j", "DNAT",
        "--to-destination", "10.0.2.12")
    queue = Queue()

    check_equal("one back end", ask_twice(lab, queue, 1000), ["10.0.2.11", "10.0.2.11"])
    check_equal("rows of one back end", len(rows(proto="udp", sport=1000)), 1)

    check_equal("two back ends", sorted(set(ask_twice(lab, queue, 2000)) | {"10.0.2.11", "10.0.2.12"}), ["10.0.2.11", "10.0.2.12"])
    both = rows(proto="udp", sport=2000)
    print("rows of two back ends:", *both, sep="\n  ")
    check(len(both) in (1, 2), "one or two rows of two back ends")
    # Whoever answers, the answer comes back from the service's address.
    for row_ in both:
        lab.flush()
        lab.put(ip4(row_.reply["src"], C, UDP, udp(53, 2000, b"answer")), "s")
        answer = lab.get("c", wanted=lambda seen: seen.proto == UDP)
        check_equal("answer comes from", answer and (answer.src, answer.body[:4]), ("10.96.0.10", struct.pack("!HH", 53, 2000)))
    check_equal("statistic insert_failed", stat("insert_failed"), 0)
    check_equal("statistic drop", stat("drop"), 0)
    # 6.1 joins a packet that comes back from a queue to the flow that was confirmed meanwhile, before it can clash.
    check_equal("clashes resolved", stat("clashres"), 2 if kernel_at_least(6, 12) else 0)


main(test)
