#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The conntrack program's filters: by address, port, status, mark with mask, zone, translation, label; list, delete and update just those.
from dialogue import *
from listener import conntrack


def ports(*options):
    """The original source ports of the rows that conntrack -L shows."""
    options = options if "-f" in options else ("-f", "ipv4", *options)
    return sorted(int(port) for port in re.findall(r"^\S+ +\d+ (?:\d+ )?.*? sport=(\d+)", conntrack("-L", *options), re.M))


def test():
    lab = Lab(v6=True)
    run("modprobe", "-a", "nf_conntrack", "nf_conntrack_netlink")
    sysctl("udp_timeout", 600)
    for extension in ("acct", "timestamp"):
        sysctl(extension, 1)
    os.makedirs("/etc/xtables", exist_ok=True)
    with open("/etc/xtables/connlabel.conf", "w") as names:
        names.write("5 five\n64 sixtyfour\n127 last\n")
    rule("raw", "-A PREROUTING -p udp --dport 1005 -j CT --zone 5")
    rule("raw", "-A PREROUTING -p udp --dport 1006 -j CT --zone-orig 6")
    rule("raw", "-A PREROUTING -p udp --dport 1007 -j CT --zone-reply 7")
    rule("nat", f"-A POSTROUTING -p udp --dport 1008 -j SNAT --to-source {RS}")
    rule("nat", f"-A PREROUTING -p udp --dport 1009 -j DNAT --to-destination {S}:1010")
    rule("mangle", "-A PREROUTING -p udp --dport 1001 -j CONNMARK --set-mark 0x11")
    rule("mangle", "-A PREROUTING -p udp --dport 1002 -j CONNMARK --set-mark 0x12")
    rule("mangle", "-A PREROUTING -p udp --dport 1003 -j CONNMARK --set-mark 0x21")
    rule("mangle", "-A FORWARD -p udp --dport 1004 -m connlabel --label five --set")
    rule("mangle", "-A FORWARD -p udp --dport 1003 -m connlabel --label five --set")
    rule("mangle", "-A FORWARD -p udp --dport 1003 -m connlabel --label last --set")
    for port in range(1000, 1010):
        out = through(lab, ip4(C, S, UDP, udp(port + 1000, port, b"hi")), "c", UDP)
        check_equal(f"packet to port {port}", out and out.state, "NEW")
    lab.expect("REPLY", ip4(S, C, UDP, udp(1000, 2000, b"ho")), side="s", what="answer")
    lab.expect("NEW", ip6(C6, S6, UDP, udp(3000, 9000, b"hi")), what="IPv6")
    TcpFlow(lab, 4000, 80).open()
    lab.expect("NEW", ip4(C, S, TCP, tcp(4001, 80, SYN, 1)), what="SYN")

    check_equal("-L", ports(), [*range(2000, 2010), 4000, 4001])
    check_equal("-L -f ipv6", ports("-f", "ipv6"), [3000])
    check_equal("-p udp", ports("-p", "udp"), list(range(2000, 2010)))
    check_equal("--dport", ports("-p", "udp", "--dport", "1004"), [2004])
    check_equal("--reply-port-src", ports("-p", "udp", "--reply-port-src", "1010"), [2009])
    check_equal("-s with a net", ports("-s", "10.0.1.0/24", "-p", "tcp"), [4000, 4001])
    check_equal("-s with another", ports("-s", "10.0.3.0/24"), [])
    check_equal("-q", ports("-q", RS), [2008])
    check_equal("-r", ports("-r", S, "-p", "tcp"), [4000, 4001])
    check_equal("--state", ports("-p", "tcp", "--state", "ESTABLISHED"), [4000])
    check_equal("-u SEEN_REPLY", ports("-u", "SEEN_REPLY"), [2000, 4000])
    check_equal("-u ASSURED", ports("-u", "ASSURED"), [4000])
    check_equal("-m", ports("-m", "0x11"), [2001])
    check_equal("-m with a mask", ports("-m", "0x10/0xf0"), [2001, 2002])
    check_equal("-m 0 with a mask", ports("-m", "0/0xf0", "-p", "tcp"), [4000, 4001])
    check_equal("-w", ports("-w", "5"), [2005])
    check_equal("--orig-zone", ports("--orig-zone", "6"), [2006])
    check_equal("--reply-zone", ports("--reply-zone", "7"), [2007])
    check_equal("-w of a zone without entries", ports("-w", "8"), [])
    check_equal("-n", ports("-n"), [2008])
    check_equal("-g", ports("-g"), [2009])
    check_equal("-j", ports("-j"), [2008, 2009])
    check_equal("-l", ports("-l", "five"), [2003, 2004])
    check_equal("-l with two", ports("-l", "five", "-l", "last"), [2003])
    check("labels=five,last" in conntrack("-L", "-o", "labels", "-p", "udp", "--dport", "1003"), "-o labels names them")
    check("zone=5 " in conntrack("-L", "-w", "5") and "zone-orig=6 " in conntrack("-L", "--orig-zone", "6"), "rows tell zones")
    check(re.search(r" id=[1-9]\d*$", conntrack("-L", "-p", "udp", "--dport", "1000", "-o", "id"), re.M), "-o id tells the id")
    check("[start=" in conntrack("-L", "-p", "udp", "--dport", "1000", "-o", "ktimestamp"), "-o ktimestamp tells the start")
    check("<flow>" in conntrack("-L", "-p", "udp", "--dport", "1000", "-o", "xml"), "-o xml is XML")

    check(" packets=1 bytes=30 " in conntrack("-L", "-z"), "-z tells the counters")
    check_equal("and sets them to zero", [row(dport=1000).orig[key] for key in ("packets", "bytes")], ["0", "0"])

    print("-- update")
    conntrack("-U", "-f", "ipv4", "-p", "udp", "--dport", "1000", "-m", "0x40")
    conntrack("-U", "-f", "ipv4", "-p", "udp", "-m", "0x03/0x0f", "--dport", "1002")        # clears the bits of the mask, then XOR
    check_equal("marks", [row(dport=port).more["mark"] for port in (1000, 1002)], [str(0x40), str(0x13)])
    conntrack("-U", "-f", "ipv4", "-p", "udp", "--dport", "1004", "--label-add", "sixtyfour")
    check_equal("label added", (ports("-l", "sixtyfour"), ports("-l", "five")), ([2004], [2003, 2004]))
    conntrack("-U", "-f", "ipv4", "-p", "udp", "--dport", "1003", "--label-del")
    check_equal("labels deleted", (ports("-l", "last"), ports("-l", "five")), ([], [2004]))
    conntrack("-U", "-f", "ipv4", "-p", "udp", "--dport", "1000", "-u", "ASSURED")
    check(row(proto="udp", dport=1000).assured, "status set")
    conntrack("-U", "-f", "ipv4", "-p", "tcp", "--dport", "80", "-t", "77")
    check_equal("timeouts", [left.timeout in range(70, 78) for left in rows(proto="tcp")], [True, True])

    print("-- delete")
    conntrack("-D", "-f", "ipv4", "-m", "0x10/0xf0")
    check_equal("by mark", ports("-p", "udp"), [2000, *range(2003, 2010)])
    conntrack("-D", "-f", "ipv4", "-w", "5")
    conntrack("-D", "-f", "ipv4", "-g")
    conntrack("-D", "-f", "ipv4", "-l", "five")
    check_equal("by zone, translation and label", ports("-p", "udp"), [2000, 2003, 2006, 2007, 2008])
    check("nothing" not in conntrack("-D", "-f", "ipv4", "-p", "udp", "--dport", "9", may_fail=True), "what is not there cannot be deleted")
    conntrack("-D", "-f", "ipv4", "-d", S)
    check_equal("by address", ports(), [])
    check_equal("IPv6 is untouched", ports("-f", "ipv6"), [3000])
    conntrack("-F")
    check_equal("-F", (rows(), conntrack("-C").strip()), ([], "0"))

    print("-- insert")
    conntrack("-I", "-p", "udp", "-s", C, "-d", S, "--sport", "1", "--dport", "2", "-t", "50", "-w", "3", "-m", "9", "--src-nat", RS)
    entry = row(proto="udp", sport=1)
    check_equal("it", (entry.reply["dst"], entry.more["zone"], entry.more["mark"]), (RS, "3", "9"))
    with open("saved", "w") as file:
        file.write(conntrack("-L", "-o", "save"))
    conntrack("-F")
    conntrack("-R", "saved")
    check_equal("-R of what -o save said", [(r.orig["sport"], r.more["zone"], r.reply["dst"]) for r in rows(proto="udp")], [("1", "3", RS)])
    for counter in ("found", "invalid", "insert", "insert_failed", "drop", "early_drop", "error", "search_restart", "clash_resolve", "chaintoolong"):
        check(re.search(rf"\s{counter}=\d", conntrack("-S")), f"-S tells {counter}")


main(test)
