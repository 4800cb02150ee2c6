#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The FTP helper expects a data connection: listeners hear of it, its first packet is RELATED, inherits the mark and uses the expectation up.
from lab import *
from listener import conntrack, left, listening

EXPECTED = "proto=6 src=10.0.2.2 dst=10.0.1.2 sport=0 dport=2000"
MASKS = r"mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535"
MASTER = "master-src=10.0.1.2 master-dst=10.0.2.2 sport=40000 dport=21"


def expectations():
    with open("/proc/net/nf_conntrack_expect") as table:
        return table.read().splitlines()


def test():
    lab = Lab()
    run("modprobe", "nf_conntrack_ftp")
    run("iptables-legacy", "-t", "raw", "-A", "PREROUTING", "-p", "tcp", "--dport", "21", "-j", "CT", "--helper", "ftp")
    run("iptables-legacy", "-t", "mangle", "-A", "PREROUTING", "-p", "tcp", "--dport", "21", "-j", "CONNMARK", "--set-mark", "5")
    with listening() as connections, listening("expect") as events:
        control = TcpFlow(lab, dport=21).open()
        connections.expect(rf"\[NEW\] tcp 6 {left(120)} SYN_SENT .* helper=ftp", rf"\[UPDATE\] tcp 6 {left(60)} SYN_RECV .*",
                           rf"\[UPDATE\] tcp 6 {left(432000)} ESTABLISHED .*")
        # Only from the second line on the helper knows that a packet begins with one.
        control.send("c", "PA", "ESTABLISHED", payload=b"USER me\r\n")
        control.send("c", "PA", "ESTABLISHED", payload=b"PORT 10,0,1,2,7,208\r\n")
        events.expect(rf"\[NEW\] {left(300)} {EXPECTED} {MASKS} {MASTER} class=0 helper=ftp")
        check_equal("expectations", len(expectations()), 1)
        check("helper=ftp" in conntrack("-L", "-p", "tcp"), "the connection shows its helper")
        # From another address it is nothing that anybody expects.
        lab.expect("NEW", ip4("10.0.2.3", C, TCP, tcp(20, 2000, SYN, 1)), side="s")
        check_equal("expectations", len(expectations()), 1)
        lab.expect("RELATED", ip4(S, C, TCP, tcp(20, 2000, SYN, 1)), side="s", what="data connection")
        events.expect(rf"\[DESTROY\] {left(300)} {EXPECTED} {MASKS} {MASTER} class=0 helper=ftp")
        connections.expect(r"\[NEW\] tcp .* src=10.0.2.3 .*", rf"\[NEW\] tcp 6 {left(120)} SYN_SENT src=10.0.2.2 dst=10.0.1.2 sport=20 dport=2000 .* mark=5.*")
        check_equal("expectations", len(expectations()), 0)
        check_equal("statistic expect_new", stat("expect_new"), 1)
        # A second one is not expected any more.
        lab.expect("NEW", ip4(S, C, TCP, tcp(21, 2000, SYN, 1)), side="s")
        control.send("c", "PA", "ESTABLISHED", payload=b"PORT 10,0,1,2,7,209\r\n")
        events.expect(rf"\[NEW\] {left(300)} .* dport=2001 .*")
        conntrack("-D", "-p", "tcp", "--dport", "21")
        events.expect(rf"\[DESTROY\] {left(300)} .* dport=2001 .*")
        check_equal("expectations after the master's end", len(expectations()), 0)


main(test)
