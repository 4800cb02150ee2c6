#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# nf_conntrack_events: 0 tells nothing of new connections, 1 everything, 2 of those that began while somebody listened.
from lab import *
from listener import conntrack, listening


def talk(lab, port):
    lab.expect("NEW", ip4(C, S, UDP, udp(port, 53, b"?")))


def test():
    lab = Lab()
    check_equal("default", sysctl("events"), 2)
    conntrack("-C")         # nf_conntrack_netlink is there from now on
    talk(lab, 1)
    with listening() as events:
        conntrack("-D", "-p", "udp")
        events.quiet()
        talk(lab, 2)
        events.expect(r"\[NEW\] udp .*sport=2 dport=53 .*")
        sysctl("events", 0)
        talk(lab, 3)
        events.quiet()
        conntrack("-D", "-p", "udp", "--sport", "2")
        conntrack("-D", "-p", "udp", "--sport", "3")
        events.expect(r"\[DESTROY\] udp .*sport=2 dport=53 .*")
        events.quiet()
    sysctl("events", 1)
    talk(lab, 4)
    with listening() as events:
        conntrack("-D", "-p", "udp")
        events.expect(r"\[DESTROY\] udp .*sport=4 dport=53 .*")


main(test)
