#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The conntrack program lists, counts, creates, gets, updates, deletes and flushes entries, and shows the statistics.
from lab import *
from listener import BY_PROCESS, conntrack, left, listening

TUPLE = ("-p", "tcp", "-s", C, "-d", S, "--sport", "1234", "--dport", "80")


def test():
    lab = Lab()
    check_equal("-C of nothing", conntrack("-C").strip(), "0")
    with listening() as events:
        conntrack("-I", *TUPLE, "--state", "ESTABLISHED", "-t", "100", "-u", "ASSURED,SEEN_REPLY", "-m", "3")
        events.expect(rf"\[NEW\] tcp 6 {left(100)} ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=1234 dport=80 "
                      rf"src=10.0.2.2 dst=10.0.1.2 sport=80 dport=1234 \[ASSURED\] mark=3{BY_PROCESS}")
        check_equal("-C", conntrack("-C").strip(), "1")
        check("already exists" not in conntrack("-G", *TUPLE), "-G finds it")
        check("mark=3" in conntrack("-L", "-p", "tcp", "-m", "3"), "-L with a filter finds it")
        check("mark=3" not in conntrack("-L", "-p", "udp"), "-L with another does not")
        conntrack("-U", *TUPLE, "-m", "4", "-t", "200")
        events.expect(rf"\[UPDATE\] tcp 6 {left(200)} ESTABLISHED .* mark=4{BY_PROCESS}")
        lab.expect("ESTABLISHED", ip4(C, S, TCP, tcp(1234, 80, ACK, 5, 5)))
        conntrack("-D", *TUPLE)
        events.expect(r"\[UPDATE\] tcp .*|\[DESTROY\] tcp .*mark=4.*")
        check_equal("-C after -D", conntrack("-C").strip(), "0")
    for port in range(3):
        lab.expect("NEW", ip4(C, S, UDP, udp(1000 + port, 53, b"?")))
    check_equal("rows of -L", conntrack("-L").count("udp"), 3)
    check_equal("rows of -L -o extended", conntrack("-L", "-o", "extended").count("ipv4"), 3)
    conntrack("-D", "-p", "udp", "--orig-port-src", "1001")
    check_equal("rows after -D", sorted(int(r.orig["sport"]) for r in rows()), [1000, 1002])
    conntrack("-F")
    check_equal("rows after -F", len(rows()), 0)
    check("insert_failed=0" in conntrack("-S"), "-S shows statistics")


main(test)
