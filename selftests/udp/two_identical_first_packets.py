#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Two identical first packets that meet before either is confirmed (a resolver asks for A and AAAA at once) both get through as one flow.
from lab import *
from nfqueue import Queue


def test():
    lab = Lab()
    run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "--dport", "53", "-j", "NFQUEUE")
    queue = Queue()
    lab.flush()
    questions = [ip4(C, S, UDP, udp(1000, 53, b"A?")), ip4(C, S, UDP, udp(1000, 53, b"AAAA?"))]
    for question in questions:
        lab.put(question)
    held = [queue.take(), queue.take()]
    check_equal("entries while both are held", len(rows()), 0)
    for number in held:
        queue.release(number)
    for question in questions:
        check(lab.get("s", wanted=lambda seen: seen.proto == UDP), "question arrives")
    check_equal("rows", len(rows(proto="udp")), 1)
    check_equal("count", count(), 1)
    check_equal("statistic insert_failed", stat("insert_failed"), 0)
    check_equal("statistic drop", stat("drop"), 0)
    for _ in questions:
        lab.expect("REPLY", ip4(S, C, UDP, udp(53, 1000, b"answer")), side="s")


main(test)
