#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# H.323's RAS: a phone behind NAT registers with its gatekeeper, addresses translated, and is called through it as long as that lasts.
from h323 import *
from hosts import *

OUTSIDE = "10.0.2.111"


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_h323")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -i rc -p udp --dport 1719 -j CT --helper RAS
        COMMIT
        *nat
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A INPUT -i rs -p tcp -m comment --comment refused -j REJECT --reject-with tcp-reset
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper RAS -m comment --comment called -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -i rc -p udp --dport 1719 -j ACCEPT
        -A FORWARD -j DROP
        COMMIT""")
    phone, gatekeeper, calls = udp_socket(CLIENT, C, 1719), udp_socket(SERVER, S, 1719), tcp_listener(CLIENT, C, 1720)
    run("ip", "-n", SERVER, "addr", "add", "10.0.2.3/24", "dev", "sr")

    def refused(source, what):
        before = hits("refused")
        try:
            tcp_connected(SERVER, (source, 0), (OUTSIDE, 1720))
            fail("called: " + what)
        except ConnectionRefusedError:
            check_equal(what, hits("refused"), before + 1)

    refused(S, "no call before RRQ")
    phone.sendto(registration_request(C), (S, 1719))
    data, peer = hear("RRQ", gatekeeper)
    check_equal("RRQ", (data.hex(), peer), (registration_request(OUTSIDE).hex(), (OUTSIDE, 1719)))
    check_equal("expectations", timeless_expectations(),
                [f"l3proto = 2 proto=6 src={S} dst={OUTSIDE} sport=0 dport=1720 PERMANENT RAS"])
    gatekeeper.sendto(registration_confirm(S), (OUTSIDE, 1719))
    data, peer = hear("RCF", phone)
    check_equal("RCF", (data.hex(), peer), (registration_confirm(S).hex(), (S, 1719)))
    check_timeout("the registration lasts", row(proto="udp", dport=1719), 300)
    refused("10.0.2.3", "only the gatekeeper calls")
    for number in (1, 2):
        call = tcp_connected(SERVER, (S, 0), (OUTSIDE, 1720))
        answered = calls.accept()[0]
        call.sendall(b"ring")
        check_equal("call", answered.recv(100), b"ring")
        check_equal("packets of RELATED, helper RAS", hits("called"), number)
    run("conntrack", "-D", "-p", "udp", "--dport", "1719")
    check_equal("expectations without their master", expectations(), [])
    refused(S, "no call after that")


main(test)
