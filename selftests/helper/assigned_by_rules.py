#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A helper comes by iptables' target CT or by nft's ct helper; without a rule there is none; when its module goes its connections stay.
from dialogue import *


def announced(lab, sport, dport, high):
    """The control connection, and the state of the data connection that it announced."""
    d = Dialogue(lab, sport, dport).open()
    d.must("s", "PA", "greeting", b"220 hi\r\n")
    d.must("c", "PA", "USER", b"USER me\r\n")
    d.must("c", "PA", "PORT", b"PORT 10,0,1,2,%d,1\r\n" % high)
    data = through(lab, ip(S, C, TCP, tcp(20, high * 256 + 1, "S", 1)), "s", TCP)
    return d, data and data.state


def helped():
    """Packets of connections that the helper ftp has announced, as -m helper sees them."""
    saved = run("iptables-legacy-save", "-c", "-t", "mangle")
    return int(re.search(r"\[(\d+):\d+\] -A FORWARD -m helper --helper \"?ftp", saved).group(1))


def test():
    lab = Lab()
    if not exports("nf_conntrack_helper_register", "nf_confirm"):
        skip("this module cannot carry helpers yet")
    run("modprobe", "nf_conntrack_ftp")
    rule("mangle", "-A FORWARD -m helper --helper ftp")
    check_equal("without a rule", announced(lab, 44000, 21, 4)[1], "NEW")
    check_equal("packets with a helper", helped(), 0)
    rule("raw", "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp")
    check_equal("by CT", announced(lab, 44001, 21, 5)[1], "RELATED")
    check_equal("packets with a helper", helped(), 1)
    rule("raw", "-F")
    run("nft", "-f", "-", stdin="""table ip t {
        ct helper files { type "ftp" protocol tcp; }
        chain c { type filter hook prerouting priority 0; tcp dport 2121 ct state new ct helper set "files"; }
    }""")
    check_equal("no rule for this port", announced(lab, 44002, 21, 6)[1], "NEW")
    d, state = announced(lab, 44003, 2121, 7)
    check_equal("by nft", state, "RELATED")
    run("modprobe", "-r", "nf_conntrack_ftp", may_fail=True)
    check(os.path.exists("/sys/module/nf_conntrack_ftp"), "the helper's module stays while a rule names it")
    run("nft", "delete", "table", "ip", "t")
    wait_for(lambda: run("modprobe", "-r", "nf_conntrack_ftp", may_fail=True) is not None and not os.path.exists("/sys/module/nf_conntrack_ftp"),
             "the helper's module unloads")
    check_equal("its connection lives on", d.must("c", "PA", "NOOP", b"NOOP\r\n").state, "ESTABLISHED")


main(test)
