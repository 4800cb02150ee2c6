#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Helpers in user space: nfct adds them, conntrackd gets their packets by a queue, makes expectations, and rewrites FTP's PORT behind NAT.
import shutil

from hosts import *

OUTSIDE = "10.0.2.111"
CONFIGURATION = """
Helper {
    Setup no
    Type tftp inet udp {
        QueueNum 5
        QueueLen 100
        Policy tftp { ExpectMax 2 ExpectTimeout 60 }
    }
    Type ftp inet tcp {
        QueueNum 6
        QueueLen 100
        Policy ftp { ExpectMax 1 ExpectTimeout 60 }
    }
}
General {
    LogFile %(here)s/conntrackd.log
    LockFile %(here)s/conntrackd.lock
    UNIX { Path %(here)s/conntrackd.sock }
}
"""


def queues():
    with open("/proc/net/netfilter/nfnetlink_queue") as file:
        return {line.split()[0] for line in file}


def tftp():
    print("-- TFTP")
    client, server, answers = udp_socket(CLIENT, C, 2000), udp_socket(SERVER, S, 69), udp_socket(SERVER, S, 3333)
    request = b"\0\1file\0octet\0"
    client.sendto(request, (S, 69))
    check_equal("request", hear("request", server), (request, (C, 2000)))
    there = expectations()
    check_equal("expectations", len(there), 1)
    check(f"src={S} dst={C} sport=0 dport=2000 " in there[0] and there[0].endswith(" tftp/tftp"), f"it is {there}")
    check(" helper=tftp" in run("conntrack", "-L", "-p", "udp", "--dport", "69"), "the connection has the helper")
    answers.sendto(b"\0\3\0\1hello", (C, 2000))
    check_equal("data", hear("data", client), (b"\0\3\0\1hello", (S, 3333)))
    check_equal("packets of RELATED, helper tftp", hits("tftp-data"), 1)
    client.sendto(b"\0\4\0\1", (S, 3333))
    check_equal("acknowledgement", hear("acknowledgement", answers), (b"\0\4\0\1", (C, 2000)))


def ftp(sport, seen_as):
    """A control connection up to the answer to PORT, which behind NAT becomes longer by two bytes."""
    listener = tcp_listener(SERVER, S, 21)
    client = tcp_connected(CLIENT, (C, sport), (S, 21))
    server, peer = listener.accept()
    server.settimeout(5 * SLOW)
    check_equal("the server sees", peer, (seen_as, sport))

    def say(who, whom, text, arrives=None):
        who.sendall(text)
        check_equal(text.decode().strip(), whom.recv(1000), arrives or text)

    say(server, client, b"220 welcome\r\n")
    say(client, server, b"USER me\r\n")
    say(server, client, b"331 password?\r\n")
    say(client, server, b"PORT 10,0,1,2,4,1\r\n", b"PORT %s,4,1\r\n" % seen_as.replace(".", ",").encode())
    there = expectations()
    check_equal("expectations", len(there), 1)
    check(f"src={S} dst={seen_as} sport=0 dport=1025 " in there[0] and there[0].endswith(" ftp/ftp"), f"it is {there}")
    for number in range(5):        # numbers that do not fit would stop the stream here
        say(server, client, b"200 fine %d\r\n" % number)
        say(client, server, b"NOOP %d\r\n" % number)
    return client, server


def ftp_data():
    print("-- FTP")
    control = ftp(40000, C)
    listener = tcp_listener(CLIENT, C, 1025)
    data = tcp_connected(SERVER, (S, 20), (C, 1025))
    mine, peer = listener.accept()
    check_equal("the data connection comes from", peer, (S, 20))
    data.sendall(b"contents")
    check_equal("data", mine.recv(100), b"contents")
    check_equal("packets of RELATED, helper ftp", hits("ftp-data"), 1)
    # conntrackd 1.4.7 does not say how the data connection is to be translated, so behind NAT only the control connection is worth a look.
    print("-- FTP, behind NAT")
    ftp(40001, OUTSIDE)
    control[0].close()


def test():
    if not shutil.which("conntrackd") or not shutil.which("nfct"):
        skip("conntrackd and nfct are not installed")
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_conntrack_netlink", "nfnetlink_cthelper", "nfnetlink_queue")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    here = os.getcwd()
    with open("conntrackd.conf", "w") as file:
        file.write(CONFIGURATION % {"here": here})
    run("nfct", "add", "helper", "tftp", "inet", "udp")
    run("nfct", "add", "helper", "ftp", "inet", "tcp")
    listed = run("nfct", "list", "helper")
    check("tftp" in listed and "ftp" in listed, f"nfct lists them: {listed}")
    daemon = subprocess.Popen(["conntrackd", "-C", "conntrackd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: {"5", "6"} <= queues(), "conntrackd listens to its queues")
        firewall(f"""*raw
            -A PREROUTING -i rc -p udp --dport 69 -j CT --helper tftp
            -A PREROUTING -i rc -p tcp --dport 21 -j CT --helper ftp
            COMMIT
            *nat
            -A POSTROUTING -o rs -p tcp --sport 40001 -j SNAT --to-source {OUTSIDE}
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctstate RELATED -m helper --helper tftp -m comment --comment tftp-data -j ACCEPT
            -A FORWARD -m conntrack --ctstate RELATED -m helper --helper ftp -m comment --comment ftp-data -j ACCEPT
            -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
            -A FORWARD -i rc -p udp --dport 69 -j ACCEPT
            -A FORWARD -i rc -p tcp --dport 21 -j ACCEPT
            -A FORWARD -j DROP
            COMMIT""")
        tftp()
        ftp_data()
        check(not lsmod("nf_conntrack_tftp") and not lsmod("nf_conntrack_ftp"), "none of the kernel's helpers was at work")
    finally:
        run("iptables-legacy", "-w", "-t", "raw", "-F")
        daemon.terminate()
        daemon.wait()
        with open("conntrackd.log") as file:
            print(file.read())
        run("conntrack", "-F")
        run("nfct", "delete", "helper", "tftp", "inet", "udp")
        run("nfct", "delete", "helper", "ftp", "inet", "tcp")
    check_equal("helpers left", run("nfct", "list", "helper").strip(), "")


def lsmod(name):
    return os.path.exists("/sys/module/" + name)


main(test)
