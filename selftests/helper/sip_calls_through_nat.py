#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SIP: a call from behind NAT, over UDP, TCP and IPv6: each address in INVITE, 200 and SDP is translated, and voice gets in, from the right host only.
import collections

from hosts import *

# The caller, what NAT makes of it, the called one, and a host of its network that is no part of the call.
Hosts = collections.namedtuple("Hosts", "caller outside called other")
V4 = Hosts(C, "10.0.2.111", S, "10.0.2.3")
V6 = Hosts(C6, "fd00:2::111", S6, "fd00:2::3")


def uri(host):
    return f"[{host}]" if ":" in host else host


def message(first, *lines, sdp=""):
    if sdp:
        lines += ("Content-Type: application/sdp",)
    return "\r\n".join((first,) + lines + (f"Content-Length: {len(sdp)}", "", sdp)).encode()


def sdp(host, port):
    kind = "IP6" if ":" in host else "IP4"
    return f"v=0\r\no=- 1 1 IN {kind} {host}\r\ns=-\r\nc=IN {kind} {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


def request(method, host, called, over, number, media=0, port=5060):
    me, you = f"{uri(host)}:{port}", f"{uri(called)}:5060"
    return message(f"{method} sip:bob@{you} SIP/2.0", f"Via: SIP/2.0/{over} {me};branch=z9hG4bK{number}", f"From: <sip:alice@{me}>;tag=1",
                   f"To: <sip:bob@{you}>", f"Call-ID: {number}@example", f"CSeq: {number} {method}",
                   f"Contact: <sip:alice@{me};transport={over}>", sdp=sdp(host, media) if media else "")


def answer(host, called, over, number, media, port=5060):
    me, you = f"{uri(host)}:{port}", f"{uri(called)}:5060"
    return message("SIP/2.0 200 OK", f"Via: SIP/2.0/{over} {me};branch=z9hG4bK{number}", f"From: <sip:alice@{me}>;tag=1",
                   f"To: <sip:bob@{you}>;tag=2", f"Call-ID: {number}@example", f"CSeq: {number} INVITE",
                   f"Contact: <sip:bob@{you};transport={over}>", sdp=sdp(called, media))


def heard(what, sock):
    data, sender = hear(what, sock)
    return data, sender[:2]


def plain(host, line, key):
    """Whether the line's address of that name is this host, however it is written."""
    return packets.addr(re.search(rf" {key}=(\S+)", line)[1]) == packets.addr(host)


def call(hosts, over, say, listen, media, port):
    """INVITE, 200, ACK; say(side, bytes) sends, listen(side) gives what arrives at that side."""
    print(f"-- a call over {over} from {hosts.caller}")
    tool = "ip6tables" if ":" in hosts.caller else "iptables"
    before = hits("voice", tool)
    # A message without anything to rewrite first; TCP's numbers must fit whatever came before.
    say("c", request("OPTIONS", hosts.caller, hosts.called, over, 7, port=port))
    check_equal("OPTIONS", listen("s").decode(), request("OPTIONS", hosts.outside, hosts.called, over, 7, port=port).decode())
    say("c", request("INVITE", hosts.caller, hosts.called, over, 1, media, port=port))
    check_equal("INVITE", listen("s").decode(), request("INVITE", hosts.outside, hosts.called, over, 1, media, port=port).decode())
    there = expectations()
    check_equal("expectations", sorted(int(re.search(r"dport=(\d+)", line)[1]) for line in there), [media, media + 1])
    check(all(plain(hosts.called, line, "src") and plain(hosts.outside, line, "dst") and line.endswith(" sip/audio") for line in there),
          f"they are {there}")
    say("s", answer(hosts.outside, hosts.called, over, 1, media + 2000, port=port))
    check_equal("200", listen("c").decode(), answer(hosts.caller, hosts.called, over, 1, media + 2000, port=port).decode())
    check_equal("expectations", len(expectations()), 4)
    say("c", request("ACK", hosts.caller, hosts.called, over, 1, port=port))
    check_equal("ACK", listen("s").decode(), request("ACK", hosts.outside, hosts.called, over, 1, port=port).decode())

    mine, control = udp_socket(CLIENT, hosts.caller, media), udp_socket(CLIENT, hosts.caller, media + 1)
    its, its_control = udp_socket(SERVER, hosts.called, media + 2000), udp_socket(SERVER, hosts.called, media + 2001)
    stranger, refused = udp_socket(SERVER, hosts.other, media + 2000), hits("refused", tool)
    stranger.sendto(b"not of this call", (hosts.outside, media))
    wait_for(lambda: hits("refused", tool) == refused + 1, "another host gets nothing in")
    its.sendto(b"voice", (hosts.outside, media))
    check_equal("voice", heard("voice", mine), (b"voice", (hosts.called, media + 2000)))
    check_equal("packets of RELATED, helper sip", hits("voice", tool), before + 1)
    mine.sendto(b"voice back", (hosts.called, media + 2000))
    check_equal("voice back", heard("voice back", its), (b"voice back", (hosts.outside, media)))
    control.sendto(b"report", (hosts.called, media + 2001))
    check_equal("the client's report", heard("report", its_control), (b"report", (hosts.outside, media + 1)))
    its_control.sendto(b"report back", (hosts.outside, media + 1))
    check_equal("and the answer", heard("report back", control), (b"report back", (hosts.called, media + 2001)))
    check_equal("packets of RELATED, helper sip", hits("voice", tool), before + 2)
    check(hears_nothing(mine) and hears_nothing(its), "and nothing else")

    say("c", request("INVITE", hosts.caller, hosts.called, over, 2, media + 10, port=port))
    check_equal("INVITE again", listen("s").decode(), request("INVITE", hosts.outside, hosts.called, over, 2, media + 10, port=port).decode())
    check_equal("expectations of the new call", len(expectations()), 2)
    say("c", request("BYE", hosts.caller, hosts.called, over, 3, port=port))
    check_equal("BYE", listen("s").decode(), request("BYE", hosts.outside, hosts.called, over, 3, port=port).decode())
    check_equal("expectations after BYE", expectations(), [])


def read_message(sock):
    """One SIP message from a stream."""
    data = b""
    while b"\r\n\r\n" not in data or len(data) < data.index(b"\r\n\r\n") + 4 + int(re.search(rb"Content-Length: (\d+)", data)[1]):
        piece = sock.recv(65536)
        if not piece:
            fail(f"the stream ended after {data}")
        data += piece
    return data


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_sip")
    for hosts, tool, bits in ((V4, "iptables", 24), (V6, "ip6tables", 64)):
        run("ip", "addr", "add", f"{hosts.outside}/{bits}", "dev", "rs", *["nodad"] * (bits == 64))
        run("ip", "-n", SERVER, "addr", "add", f"{hosts.other}/{bits}", "dev", "sr", *["nodad"] * (bits == 64))
        firewall(f"""*raw
            -A PREROUTING -i rc -p udp --dport 5060 -j CT --helper sip
            -A PREROUTING -i rc -p tcp --dport 5060 -j CT --helper sip
            COMMIT
            *nat
            -A POSTROUTING -o rs -p udp -j SNAT --to-source {hosts.outside}
            -A POSTROUTING -o rs -p tcp -j SNAT --to-source {hosts.outside}
            COMMIT
            *filter
            -A INPUT -i rs -p udp -m comment --comment refused -j DROP
            -A FORWARD -m conntrack --ctstate RELATED -m helper --helper sip -m comment --comment voice -j ACCEPT
            -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
            -A FORWARD -i rc -p udp --dport 5060 -j ACCEPT
            -A FORWARD -i rc -p tcp --dport 5060 -j ACCEPT
            -A FORWARD -j DROP
            COMMIT""", tool)

    for hosts, media in ((V4, 4000), (V6, 4200)):
        ends = {"c": (udp_socket(CLIENT, hosts.caller, 5060), hosts.called), "s": (udp_socket(SERVER, hosts.called, 5060), hosts.outside)}
        call(hosts, "UDP", lambda side, data: ends[side][0].sendto(data, (ends[side][1], 5060)), lambda side: heard("message", ends[side][0])[0],
             media, 5060)

    listener = tcp_listener(SERVER, S, 5060)
    client = tcp_connected(CLIENT, (C, 45060), (S, 5060))
    server, peer = listener.accept()
    check_equal("the server sees", peer, (V4.outside, 45060))
    server.settimeout(5 * SLOW)
    streams = {"c": client, "s": server}
    call(V4, "TCP", lambda side, data: streams[side].sendall(data), lambda side: read_message(streams[side]), 4100, 45060)
    check_equal("the stream's state", row(proto="tcp").state, "ESTABLISHED")


main(test)
