#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Packets wait in a user-space queue while their entry is deleted: they go on, nothing is held for ever, and the entry is gone.
from lab import *
from listener import conntrack, listening
from nfqueue import Queue


def test():
    lab = Lab()
    conntrack("-C")
    question, answer = ip4(C, S, UDP, udp(1000, 53, b"?")), ip4(S, C, UDP, udp(53, 1000, b"!"))
    lab.expect("NEW", question)
    lab.expect("REPLY", answer, side="s")
    run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "-j", "NFQUEUE")
    queue = Queue()
    with listening() as events:
        lab.flush()
        lab.put(question)
        held = queue.take()
        conntrack("-F")
        check_equal("rows", len(rows()), 0)
        check_equal("entries, of which the queued packet holds one", count(), 1)
        queue.release(held)
        check(lab.get("s", wanted=lambda seen: seen.proto == UDP), "the packet of the deleted entry arrives")
        wait_for(lambda: count() == 0, "the entry is freed")
        # A first packet, not confirmed yet: there is nothing to delete.
        lab.put(question)
        held = queue.take()
        conntrack("-F")
        check_equal("rows while the first packet waits", len(rows()), 0)
        queue.release(held)
        check(lab.get("s", wanted=lambda seen: seen.proto == UDP), "the first packet arrives")
        check_equal("rows", len(rows()), 1)
        events.expect(r"\[NEW\] udp 17 (29|30) src=10.0.1.2 dst=10.0.2.2 sport=1000 dport=53 \[UNREPLIED\] .*")
        # Dropped by the queue's owner, with the entry gone.
        lab.put(answer, side="s")
        held = queue.take()
        conntrack("-F")
        queue.release(held, 0)
        wait_for(lambda: count() == 0, "the dropped packet's entry is freed")


main(test)
