#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# NetBIOS name service and SNMP: a router's own broadcast lets in the answers of every host of that network, and of no other, for a while.
from hosts import *

SECOND = "10.0.2.3"
BROADCAST = "10.0.2.255"


def query(helper, port, seconds):
    print(f"-- {helper}")
    mine = udp_socket(ROUTER, RS, port, broadcast=True)
    with inside(SERVER):
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((BROADCAST, port))
    listener.settimeout(5 * SLOW)
    hosts = [udp_socket(SERVER, address, port) for address in (S, SECOND)]
    outsider = udp_socket(CLIENT, C, port)

    def refused(sock, what):
        before = hits("refused")
        sock.sendto(what.encode(), (RS, port))
        wait_for(lambda: hits("refused") == before + 1, what)

    before = hits("answers")
    refused(hosts[0], "no answer without a question")
    run("conntrack", "-F")
    mine.sendto(b"who is there?", (BROADCAST, port))
    check_equal("question", hear("question", listener), (b"who is there?", (RS, port)))
    there = expectations()
    check_equal("expectations", len(there), 1)
    check(f"src=10.0.2.0 dst={RS} sport={port} dport={port} PERMANENT" in re.sub(r"src=10\.0\.2\.\d+ ", "src=10.0.2.0 ", there[0]), f"it is {there}")
    check(seconds - 2 <= int(there[0].split()[0]) <= seconds, f"it lasts {seconds} s")
    check(row(proto="udp", dst=BROADCAST).timeout <= seconds, f"so does the question: {row(proto='udp', dst=BROADCAST)}")
    refused(outsider, "a host of another network is not asked")
    for number, sock in enumerate(hosts):
        sock.sendto(b"me", (RS, port))
        check_equal("answer", hear("answer", mine), (b"me", (sock.getsockname()[0], port)))
        check_equal("packets of RELATED, helper", hits("answers"), before + number + 1)
    check_equal("expectations", len(expectations()), 1)
    run("conntrack", "-F")
    check_equal("expectations without their master", expectations(), [])
    refused(hosts[0], "an answer after that")
    check(hears_nothing(mine), "nothing else arrived")


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_conntrack_snmp")
    run("modprobe", "nf_conntrack_netbios_ns", "timeout=20")          # its own 3 seconds are few for a busy machine
    run("ip", "addr", "del", RS + "/24", "dev", "rs")
    run("ip", "addr", "add", RS + "/24", "brd", "+", "dev", "rs")
    run("ip", "-n", SERVER, "addr", "add", SECOND + "/24", "dev", "sr")
    firewall("""*raw
        -A OUTPUT -p udp --dport 137 -j CT --helper netbios-ns
        -A OUTPUT -p udp --dport 161 -j CT --helper snmp
        COMMIT
        *filter
        -A INPUT -p udp -m conntrack --ctstate RELATED -m helper --helper netbios-ns -m comment --comment answers -j ACCEPT
        -A INPUT -p udp -m conntrack --ctstate RELATED -m helper --helper snmp -m comment --comment answers -j ACCEPT
        -A INPUT -p udp -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A INPUT -p udp -m comment --comment refused -j DROP
        COMMIT""")
    query("netbios-ns", 137, 20)
    query("snmp", 161, 30)


main(test)
