#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Connections with a timeout policy of their own (nfct and -j CT --timeout, nft ct timeout) live by it; those without by the sysctls.
from lab import *


def ask(lab, port, dport):
    lab.expect("NEW", ip4(C, S, UDP, udp(port, dport, b"?")))
    return row(proto="udp", sport=port)


def policies_of_iptables(lab):
    run("nfct", "add", "timeout", "long-udp", "inet", "udp", "unreplied", "1000", "replied", "2000")
    run("nfct", "add", "timeout", "short-tcp", "inet", "tcp", "syn_sent", "200", "established", "5000", "fin_wait", "700")
    raw = ["iptables-legacy", "-t", "raw", "-A", "PREROUTING", "-j", "CT", "-p"]
    run(*raw, "udp", "--dport", "53", "--timeout", "long-udp")
    run(*raw, "tcp", "--dport", "80", "--timeout", "short-tcp")
    mark = log_mark()
    run(*raw, "udp", "--dport", "54", "--timeout", "no-such-thing", may_fail=True)
    check(any('No such timeout policy "no-such-thing"' in line for line in log_lines(mark)), "the log names the policy that is not there")
    run(*raw, "udp", "--dport", "54", "--timeout", "short-tcp", may_fail=True)
    check(any("Timeout policy `short-tcp' can only be used by L4 protocol number 6" in line for line in log_lines(mark)),
          "the log says what the policy is for")
    check_timeout("UDP with policy", ask(lab, 1000, 53), 1000)
    lab.expect("REPLY", ip4(S, C, UDP, udp(53, 1000, b"!")), side="s")
    check_timeout("UDP with policy, answered", row(proto="udp", sport=1000), 1000)
    flow = TcpFlow(lab)
    flow.send("c", "S", "NEW")
    check_timeout("SYN_SENT", flow.row(), 200)
    flow.send("s", "SA", "REPLY")
    flow.send("c", "A", "ESTABLISHED")
    check_timeout("ESTABLISHED", flow.row(), 5000)
    flow.send("c", "FA", "ESTABLISHED")
    check_timeout("FIN_WAIT", flow.row(), 700)
    plain = TcpFlow(lab, dport=81).open()
    check_timeout("ESTABLISHED without policy", plain.row(), 432000)
    # The policy goes: its connections are left to the sysctls.
    run("iptables-legacy", "-t", "raw", "-F")
    run("nfct", "delete", "timeout", "short-tcp")
    flow.send("s", "FA", "REPLY")
    check_timeout("LAST_ACK by sysctl", flow.row(), sysctl("tcp_timeout_last_ack"))


def policies_of_nft(lab):
    run("nft", "-f", "-", stdin="""
        table ip policies {
            ct timeout brief { protocol udp; l3proto ip; policy = { unreplied : 77, replied : 88 } }
            chain pre { type filter hook prerouting priority 0; udp dport 60 ct timeout set "brief" }
        }""")
    check_timeout("UDP by nft", ask(lab, 2000, 60), 77)
    lab.expect("REPLY", ip4(S, C, UDP, udp(60, 2000, b"!")), side="s")
    lab.expect("ESTABLISHED", ip4(C, S, UDP, udp(2000, 60, b"?")))
    check_timeout("UDP by nft, answered", row(proto="udp", sport=2000), 77)
    run("nft", "delete", "table", "ip", "policies")
    lab.expect("ESTABLISHED", ip4(C, S, UDP, udp(2000, 60, b"?")))
    check_timeout("UDP by sysctl afterwards", row(proto="udp", sport=2000), sysctl("udp_timeout"))


def test():
    lab = Lab()
    policies_of_iptables(lab)
    policies_of_nft(lab)


main(test)
