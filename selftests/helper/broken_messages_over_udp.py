#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SIP, H.323's RAS and Amanda through NAT, cut short or spoilt at each byte: whatever passes, the next good message is treated as ever.
from hosts import *

OUTSIDE = "10.0.2.111"


def invite(host, number):
    sdp = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
    return "\r\n".join((f"INVITE sip:bob@{S}:5060 SIP/2.0", f"Via: SIP/2.0/UDP {host}:5060;branch=z9hG4bK1;maddr={host}",
                        f"From: <sip:alice@{host}:5060>;tag=1", f"To: <sip:bob@{S}:5060>", f"CSeq: {number} INVITE",
                        f"Contact: <sip:alice@{host}:5060;transport=udp>;expires=60", "Content-Type: application/sdp",
                        f"Content-Length: {len(sdp)}", "", sdp)).encode()


def registration_request(host):
    here = packets.addr(host)
    return (b"\x0c\0\0\0\6\0\x08\x91\x4a\0\4\0\1\0" + here + b"\6\xb8\1\0" + here + b"\6\xb7\0\0\xb5\0\0\1")


def spoilt(whole):
    """Each variant once: cut, a byte that is zero, all ones, or has another highest bit, two bytes that have changed places."""
    for at in range(1, len(whole)):
        yield whole[:at]
        for byte in (0, 0xff, whole[at] ^ 0x80, ord("9")):
            yield whole[:at] + bytes([byte]) + whole[at + 1:]
        yield whole[:at - 1] + whole[at:at + 1] + whole[at - 1:at] + whole[at + 1:]


def try_all(name, source, target, receiver, good, wanted, expected, flush="conntrack"):
    """Sends the variants of `good` from source to target, then, all forgotten, `good` itself, which must arrive as `wanted`."""
    print(f"-- {name}")
    sent = arrived = 0
    for variant in spoilt(good):
        source.sendto(variant, target)
        sent += 1
        while not hears_nothing(receiver):
            arrived += 1
    print(f"    {sent} sent, {arrived} arrived")
    check(arrived > sent // 2, "most of them pass")
    run("conntrack", "-F", flush)
    source.sendto(good, target)
    got = hear(name, receiver)[0]
    while got != wanted and not hears_nothing(receiver):
        got = hear(name, receiver)[0]
    check_equal(f"a good {name}", got, wanted)
    check_equal("expectations", len(expectations()), expected)


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_sip", "nf_nat_h323", "nf_nat_amanda", "nf_conntrack_netlink")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -i rc -p udp --dport 5060 -j CT --helper sip
        -A PREROUTING -i rc -p udp --dport 1719 -j CT --helper RAS
        -A PREROUTING -i rc -p udp --dport 10080 -j CT --helper amanda
        COMMIT
        *nat
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT""")
    client, server = udp_socket(CLIENT, C, 5060), udp_socket(SERVER, S, 5060)
    try_all("INVITE", client, (S, 5060), server, invite(C, 7), invite(OUTSIDE, 7), 2)
    client, server = udp_socket(CLIENT, C, 1719), udp_socket(SERVER, S, 1719)
    try_all("RRQ", client, (S, 1719), server, registration_request(C), registration_request(OUTSIDE), 1)
    client, server = udp_socket(CLIENT, C, 900), udp_socket(SERVER, S, 10080)
    client.sendto(b"Amanda\n", (S, 10080))
    hear("request", server)
    reply = b"Amanda 2.4 REP HANDLE 000-0 SEQ 1\nCONNECT DATA 5000 MESG 5001 INDEX 5002\nOPTIONS ;\n"
    try_all("reply", server, (OUTSIDE, 900), client, reply, reply, 3, flush="expect")


main(test)
