#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The conntrack program on expectations: it lists, counts and flushes them, and deletes their master.
from dialogue import *
from listener import conntrack


def test():
    lab = Lab()
    run("modprobe", "-a", "nf_conntrack_ftp", "nf_conntrack_netlink")
    rule("raw", "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp")
    d = Dialogue(lab, 40000, 21).open()
    d.must("s", "PA", "greeting", b"220 hi\r\n")
    d.must("c", "PA", "USER", b"USER me\r\n")
    d.must("c", "PA", "PORT", b"PORT 10,0,1,2,4,1\r\n")

    listed = conntrack("-L", "expect")
    check(re.fullmatch(rf"\d+ proto=6 src={S} dst={C} sport=0 dport=1025 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 "
                       rf"master-src={C} master-dst={S} sport=40000 dport=21 class=0 helper=ftp\n", listed), f"-L expect tells all: {listed}")
    check_equal("-C expect", conntrack("-C", "expect").strip(), "1")
    conntrack("-F", "expect")
    check_equal("-F expect", (expectations(), conntrack("-C", "expect").strip()), ([], "0"))
    data = through(lab, ip(S, C, TCP, tcp(20, 1025, "S", 1)), "s", TCP)
    check_equal("what was flushed is not expected", data and data.state, "NEW")
    check(row(proto="tcp", sport=40000).state == "ESTABLISHED", "its master lives on")

    d.must("c", "PA", "PORT", b"PORT 10,0,1,2,4,2\r\n")
    check(f"dst={C} sport=0 dport=1026 " in conntrack("-L", "expect"), "-L expect shows the next")
    conntrack("-D", "-p", "tcp", "--orig-port-src", "40000")
    check_equal("it goes with its master", (expectations(), conntrack("-C", "expect").strip()), ([], "0"))


main(test)
