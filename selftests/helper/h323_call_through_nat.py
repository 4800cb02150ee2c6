#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# H.323: Q.931 announces H.245 in SETUP and CONNECT, H.245 announces voice: each is RELATED, with its addresses in the messages translated.
from h323 import *
from hosts import *

OUTSIDE = "10.0.2.111"


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_h323")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -i rc -p tcp --dport 1720 -j CT --helper Q.931
        COMMIT
        *nat
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A INPUT -i rs -p udp -m comment --comment refused -j DROP
        -A INPUT -i rs -p tcp -m comment --comment refused -j REJECT --reject-with tcp-reset
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper Q.931 -m comment --comment h245 -j ACCEPT
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper H.245 -m comment --comment voice -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -i rc -p tcp --dport 1720 -j ACCEPT
        -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
        -A FORWARD -j DROP
        COMMIT""")
    listener, its_h245, my_h245 = tcp_listener(SERVER, S, 1720), tcp_listener(SERVER, S, 3001), tcp_listener(CLIENT, C, 3000)
    caller = tcp_connected(CLIENT, (C, 41720), (S, 1720))
    called, peer = accepted(listener)
    check_equal("the called one sees", peer, (OUTSIDE, 41720))
    try:
        tcp_connected(CLIENT, (C, 0), (S, 3001))
        fail("H.245 gets through before it is announced")
    except ConnectionRefusedError:
        print("ok: H.245 does not get through before it is announced")

    print("-- Q.931")
    caller.sendall(setup(C, 3000))
    check_equal("SETUP", called.recv(1000).hex(), setup(OUTSIDE, 3000).hex())
    check_equal("expectations", timeless_expectations(),
                [f"l3proto = 2 proto=6 src={S} dst={OUTSIDE} sport=0 dport=3000 Q.931"])
    called.sendall(connect(S, 3001))
    check_equal("CONNECT", caller.recv(1000).hex(), connect(S, 3001).hex())
    check_equal("expectations", len(expectations()), 2)

    print("-- H.245, once in each direction")
    inward = tcp_connected(SERVER, (S, 0), (OUTSIDE, 3000))
    check_equal("from the called one", accepted(my_h245)[1][0], S)
    control = tcp_connected(CLIENT, (C, 0), (S, 3001))
    far, peer = accepted(its_h245)
    check_equal("from the caller", peer[0], OUTSIDE)
    check_equal("packets of RELATED, helper Q.931", hits("h245"), 2)
    control.sendall(open_channel(C, 5001))
    check_equal("openLogicalChannel", far.recv(1000).hex(), open_channel(OUTSIDE, 5001).hex())
    check_equal("expectations", sorted(re.search(r"proto=17 .*dport=(\d+)", line)[1] for line in expectations()), ["5000", "5001"])

    print("-- voice")
    voice, reports = udp_socket(CLIENT, C, 5000), udp_socket(CLIENT, C, 5001)
    its_voice, its_reports = udp_socket(SERVER, S, 6000), udp_socket(SERVER, S, 6001)
    its_voice.sendto(b"hello", (OUTSIDE, 5000))
    check_equal("voice", hear("voice", voice), (b"hello", (S, 6000)))
    voice.sendto(b"hello yourself", (S, 6000))
    check_equal("voice back", hear("voice back", its_voice), (b"hello yourself", (OUTSIDE, 5000)))
    its_reports.sendto(b"report", (OUTSIDE, 5001))
    check_equal("report", hear("report", reports), (b"report", (S, 6001)))
    check_equal("packets of RELATED, helper H.245", hits("voice"), 2)
    before = hits("refused")
    its_voice.sendto(b"to nobody", (OUTSIDE, 5002))
    wait_for(lambda: hits("refused") == before + 1, "another port is closed")

    print("-- broken messages")
    whole = setup(C, 3000)
    for size in range(1, len(whole) - 4):
        message = tpkt(whole[4:4 + size])       # each a whole TPKT with a message that ends too early
        caller.sendall(message)
        got = called.recv(1000)
        if len(got) != len(message):
            fail(f"a message cut to {size} bytes arrived as {got.hex()}")
    print("ok: messages cut short pass, whole or not at all understood")
    inward.sendall(tpkt(b"\xff" * 40))
    caller.sendall(setup(C, 3000))
    check_equal("SETUP after that", called.recv(1000).hex(), setup(OUTSIDE, 3000).hex())


main(test)
