#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SIP: a call from behind NAT, over UDP and TCP: each address in INVITE, 200 and SDP is translated, and voice gets in, from the right host only.
from hosts import *

OUTSIDE, OTHER = "10.0.2.111", "10.0.2.3"


def message(first, *lines, sdp=""):
    if sdp:
        lines += ("Content-Type: application/sdp",)
    return "\r\n".join((first,) + lines + (f"Content-Length: {len(sdp)}", "", sdp)).encode()


def sdp(host, port):
    return f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


def request(method, host, over, number, media=0, port=5060):
    return message(f"{method} sip:bob@{S}:5060 SIP/2.0", f"Via: SIP/2.0/{over} {host}:{port};branch=z9hG4bK{number}",
                   f"From: <sip:alice@{host}:{port}>;tag=1", f"To: <sip:bob@{S}:5060>", f"Call-ID: {number}@example",
                   f"CSeq: {number} {method}", f"Contact: <sip:alice@{host}:{port};transport={over}>", sdp=sdp(host, media) if media else "")


def answer(host, over, number, media, method="INVITE", port=5060):
    return message("SIP/2.0 200 OK", f"Via: SIP/2.0/{over} {host}:{port};branch=z9hG4bK{number}", f"From: <sip:alice@{host}:{port}>;tag=1",
                   f"To: <sip:bob@{S}:5060>;tag=2", f"Call-ID: {number}@example", f"CSeq: {number} {method}",
                   f"Contact: <sip:bob@{S}:5060;transport={over}>", sdp=sdp(S, media) if media else "")


def call(over, say, listen, media, port):
    """INVITE, 200, ACK; say(side, bytes) sends, listen(side) gives what arrives at that side."""
    print(f"-- a call over {over}")
    before = hits("voice")
    # A message without anything to rewrite first; TCP's numbers must fit whatever came before.
    say("c", request("OPTIONS", C, over, 7, port=port))
    check_equal("OPTIONS", listen("s").decode(), request("OPTIONS", OUTSIDE, over, 7, port=port).decode())
    say("c", request("INVITE", C, over, 1, media, port=port))
    check_equal("INVITE", listen("s").decode(), request("INVITE", OUTSIDE, over, 1, media, port=port).decode())
    there = expectations()
    check_equal("expectations", sorted(int(re.search(r"dport=(\d+)", line)[1]) for line in there), [media, media + 1])
    check(all(f"src={S} " in line and f"dst={OUTSIDE} " in line and "sip/audio" in line for line in there), f"they are {there}")
    say("s", answer(OUTSIDE, over, 1, media + 2000, port=port))
    check_equal("200", listen("c").decode(), answer(C, over, 1, media + 2000, port=port).decode())
    check_equal("expectations", len(expectations()), 4)
    say("c", request("ACK", C, over, 1, port=port))
    check_equal("ACK", listen("s").decode(), request("ACK", OUTSIDE, over, 1, port=port).decode())

    mine, control = udp_socket(CLIENT, C, media), udp_socket(CLIENT, C, media + 1)
    its, its_control = udp_socket(SERVER, S, media + 2000), udp_socket(SERVER, S, media + 2001)
    stranger, refused = udp_socket(SERVER, OTHER, media + 2000), hits("refused")
    stranger.sendto(b"not of this call", (OUTSIDE, media))
    wait_for(lambda: hits("refused") == refused + 1, "another host gets nothing in")
    its.sendto(b"voice", (OUTSIDE, media))
    check_equal("voice", hear("voice", mine), (b"voice", (S, media + 2000)))
    check_equal("packets of RELATED, helper sip", hits("voice"), before + 1)
    mine.sendto(b"voice back", (S, media + 2000))
    check_equal("voice back", hear("voice back", its), (b"voice back", (OUTSIDE, media)))
    control.sendto(b"report", (S, media + 2001))
    check_equal("the client's report", hear("report", its_control), (b"report", (OUTSIDE, media + 1)))
    its_control.sendto(b"report back", (OUTSIDE, media + 1))
    check_equal("and the answer", hear("report back", control), (b"report back", (S, media + 2001)))
    check_equal("packets of RELATED, helper sip", hits("voice"), before + 2)
    check(hears_nothing(mine) and hears_nothing(its), "and nothing else")

    say("c", request("INVITE", C, over, 2, media + 10, port=port))
    check_equal("INVITE again", listen("s").decode(), request("INVITE", OUTSIDE, over, 2, media + 10, port=port).decode())
    check_equal("expectations of the new call", len(expectations()), 2)
    say("c", request("BYE", C, over, 3, port=port))
    check_equal("BYE", listen("s").decode(), request("BYE", OUTSIDE, over, 3, port=port).decode())
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
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    run("ip", "-n", SERVER, "addr", "add", OTHER + "/24", "dev", "sr")
    firewall(f"""*raw
        -A PREROUTING -i rc -p udp --dport 5060 -j CT --helper sip
        -A PREROUTING -i rc -p tcp --dport 5060 -j CT --helper sip
        COMMIT
        *nat
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A INPUT -i rs -p udp -m comment --comment refused -j DROP
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper sip -m comment --comment voice -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -i rc -p udp --dport 5060 -j ACCEPT
        -A FORWARD -i rc -p tcp --dport 5060 -j ACCEPT
        -A FORWARD -j DROP
        COMMIT""")

    client, server = udp_socket(CLIENT, C, 5060), udp_socket(SERVER, S, 5060)
    ends = {"c": (client, S), "s": (server, OUTSIDE)}
    call("UDP", lambda side, data: ends[side][0].sendto(data, (ends[side][1], 5060)), lambda side: hear("message", ends[side][0])[0], 4000, 5060)

    listener = tcp_listener(SERVER, S, 5060)
    client = tcp_connected(CLIENT, (C, 45060), (S, 5060))
    server, peer = listener.accept()
    check_equal("the server sees", peer, (OUTSIDE, 45060))
    server.settimeout(5 * SLOW)
    streams = {"c": client, "s": server}
    call("TCP", lambda side, data: streams[side].sendall(data), lambda side: read_message(streams[side]), 4100, 45060)
    check_equal("the stream's state", row(proto="tcp").state, "ESTABLISHED")


main(test)
