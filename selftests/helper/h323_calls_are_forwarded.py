#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# H.323: FACILITY sends a caller to somebody else. The second call is RELATED, and goes through NAT as the first one did.
from h323 import *
from hosts import *

OUTSIDE, OTHER_SERVER, OTHER_CLIENT, OTHER_PORT = "10.0.2.111", "10.0.2.3", "10.0.1.3", 1730
# Behind the client, as the router sees them.
CALLER, ITS_NEIGHBOUR = "10.1.0.2", "10.1.0.3"


def call(namespace, source, target, listener):
    """Both ends of a connection, and who the called one sees."""
    return tcp_connected(namespace, (source, 0), target), *accepted(listener)


def is_refused(namespace, source, target, what):
    before = hits("refused")
    try:
        tcp_connected(namespace, (source, 0), target)
        fail("gets through: " + what)
    except ConnectionRefusedError:
        check_equal(what, hits("refused"), before + 1)


def told(what, sock, message, far, expected):
    sock.sendall(message)
    check_equal(what, far.recv(1000).hex(), expected.hex())


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_h323")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -p tcp --dport {CALL_PORT} -j CT --helper Q.931
        COMMIT
        *nat
        -A PREROUTING -i rs -d {OUTSIDE} -p tcp --dport {CALL_PORT} -j DNAT --to-destination {C}
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A INPUT -i rs -p tcp -m comment --comment refused -j REJECT --reject-with tcp-reset
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper Q.931 -m comment --comment forwarded -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -p tcp --dport {CALL_PORT} -j ACCEPT
        -A FORWARD -p tcp -m comment --comment refused -j REJECT --reject-with tcp-reset
        COMMIT""")
    run("ip", "-n", SERVER, "addr", "add", OTHER_SERVER + "/24", "dev", "sr")
    for address in OTHER_CLIENT, CALLER:
        run("ip", "-n", CLIENT, "addr", "add", address + "/24", "dev", "cr")
    run("ip", "route", "add", "10.1.0.0/24", "via", C)
    outer, inner = tcp_listener(SERVER, S, CALL_PORT), tcp_listener(CLIENT, C, CALL_PORT)
    other_outer, other_inner = tcp_listener(SERVER, OTHER_SERVER, OTHER_PORT), tcp_listener(CLIENT, OTHER_CLIENT, OTHER_PORT)

    print("-- a caller behind NAT is sent to another host outside")
    is_refused(CLIENT, CALLER, (OTHER_SERVER, OTHER_PORT), "the other host before that")
    caller, called, peer = call(CLIENT, CALLER, (S, CALL_PORT), outer)
    check_equal("the called one sees", peer[0], OUTSIDE)
    told("FACILITY to the caller's neighbour", called, facility_forwarded(ITS_NEIGHBOUR, OTHER_PORT), caller, facility_forwarded(ITS_NEIGHBOUR, OTHER_PORT))
    check_equal("expectations, as that call does not come by", expectations(), [])
    told("FACILITY", called, facility_forwarded(OTHER_SERVER, OTHER_PORT), caller, facility_forwarded(OTHER_SERVER, OTHER_PORT))
    check_equal("expectations", timeless_expectations(),
                [f"l3proto = 2 proto=6 src={CALLER} dst={OTHER_SERVER} sport=0 dport={OTHER_PORT} Q.931"])
    second, far, peer = call(CLIENT, CALLER, (OTHER_SERVER, OTHER_PORT), other_outer)
    check_equal("the other one sees", peer[0], OUTSIDE)
    check_equal("packets of RELATED, helper Q.931", hits("forwarded"), 1)
    told("SETUP of the second call is read, too", second, setup(CALLER, 3000), far, setup(OUTSIDE, 3000))
    is_refused(CLIENT, CALLER, (OTHER_SERVER, OTHER_PORT), "a third call")
    run("conntrack", "-D", "-p", "tcp")
    check_equal("expectations without their master", expectations(), [])

    print("-- a caller outside is sent to another host behind NAT")
    caller, called, peer = call(SERVER, S, (OUTSIDE, CALL_PORT), inner)
    check_equal("the called one sees", peer[0], S)
    is_refused(SERVER, S, (OUTSIDE, OTHER_PORT), "the other host before that")
    told("FACILITY", called, facility_forwarded(OTHER_CLIENT, OTHER_PORT), caller, facility_forwarded(OUTSIDE, OTHER_PORT))
    check_equal("expectations", timeless_expectations(),
                [f"l3proto = 2 proto=6 src={S} dst={OUTSIDE} sport=0 dport={OTHER_PORT} Q.931"])
    second, far, peer = call(SERVER, S, (OUTSIDE, OTHER_PORT), other_inner)
    check_equal("the other one sees", peer[0], OUTSIDE)
    check_equal("packets of RELATED, helper Q.931", hits("forwarded"), 2)
    second.sendall(b"to the other one")
    check_equal("data", far.recv(100), b"to the other one")
    far.sendall(b"and back")
    check_equal("data back", second.recv(100), b"and back")


main(test)
