#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Amanda: the streams that a UDP reply announces are RELATED, follow their master through NAT, and get another port if theirs is taken.
from hosts import *

OUTSIDE, VIRTUAL = "10.0.2.111", "10.0.2.200"


def ask(planner, daemon, reply):
    """A request to the backup client's daemon and its reply, as the planner sees it."""
    planner.sendto(b"Amanda 2.4 REQ HANDLE 000-0 SEQ 1\nSERVICE sendbackup\n", (VIRTUAL, 10080))
    _, sender = hear("request", daemon)
    check_equal("the daemon sees", sender[0], OUTSIDE)
    daemon.sendto(reply, sender)
    data, sender = hear("reply", planner)
    check_equal("the planner sees", sender, (VIRTUAL, 10080))
    return data


def stream(port, listener):
    """Connects to a stream's port of the virtual address and sees that it ends at the listener."""
    before = hits("streams")
    client = tcp_connected(CLIENT, (C, 0), (VIRTUAL, port))
    server, peer = listener.accept()
    check_equal("the daemon's stream comes from", peer[0], OUTSIDE)
    server.sendall(b"dump")
    check_equal("data", client.recv(100), b"dump")
    check_equal("packets of RELATED, helper amanda", hits("streams"), before + 1)


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_amanda")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -i rc -p udp --dport 10080 -j CT --helper amanda
        COMMIT
        *nat
        -A PREROUTING -i rc -p udp -d {VIRTUAL} --dport 10080 -j DNAT --to-destination {S}
        -A POSTROUTING -o rs -p udp -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper amanda -m comment --comment streams -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -i rc -p udp --dport 10080 -j ACCEPT
        -A FORWARD -p tcp -m comment --comment refused -j REJECT --reject-with tcp-reset
        -A FORWARD -j DROP
        COMMIT""")
    daemon = udp_socket(SERVER, S, 10080)
    listeners = {port: tcp_listener(SERVER, S, port) for port in (5000, 5001, 5002)}
    planner = udp_socket(CLIENT, C, 900)

    reply = b"Amanda 2.4 REP HANDLE 000-0 SEQ 1\nCONNECT DATA 5000 MESG 5001 INDEX 5002\nOPTIONS ;\n"
    check_equal("reply", ask(planner, daemon, reply), reply)
    there = expectations()
    check_equal("expectations", sorted(re.search(r"dport=(\d+)", line)[1] for line in there), ["5000", "5001", "5002"])
    check(all(f"src={C} dst={VIRTUAL} " in line and line.endswith(" amanda") for line in there), f"they are {there}")
    check_timeout("the master waits long for slow replies", row(proto="udp", sport=900), 300)
    for port in (5001, 5002):
        stream(port, listeners[port])
    check_equal("expectations left", len(expectations()), 1)

    # Another planner of the same host, while port 5000 is still promised to the first.
    second = udp_socket(CLIENT, C, 901)
    answer = ask(second, daemon, b"Amanda 2.4 REP\nCONNECT DATA 5000\n")
    port = int(re.fullmatch(rb"Amanda 2.4 REP\nCONNECT DATA (\d+)\n", answer)[1])
    check(port != 5000, f"the second gets another port, {port}")
    stream(port, listeners[5000])
    stream(5000, listeners[5000])
    check_equal("expectations left", expectations(), [])

    check_equal("a broken line passes", ask(planner, daemon, b"CONNECT DATA x MESG 0 INDEX 99999999\n"), b"CONNECT DATA x MESG 0 INDEX 99999999\n")
    check_equal("and announces nothing", [line for line in expectations() if "dport=0 " in line], [])


main(test)
