#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SIP's REGISTER: once the registrar has said 200, it may call the phone behind NAT from another port, until the phone signs off.
from hosts import *

OUTSIDE = "10.0.2.111"


def register(host, number, expires):
    return "\r\n".join((f"REGISTER sip:{S} SIP/2.0", f"Via: SIP/2.0/UDP {host}:5060;branch=z9hG4bK{number}", f"From: <sip:alice@{S}>;tag=1",
                        f"To: <sip:alice@{S}>", f"Call-ID: {number}@example", f"CSeq: {number} REGISTER",
                        f"Contact: <sip:alice@{host}:5060>;expires={expires}", "Content-Length: 0", "", "")).encode()


def answer(host, number, expires, code="200 OK"):
    contact = (f"Contact: <sip:alice@{host}:5060>;expires={expires}",) if expires else ()
    return "\r\n".join((f"SIP/2.0 {code}", f"Via: SIP/2.0/UDP {host}:5060;branch=z9hG4bK{number}", f"From: <sip:alice@{S}>;tag=1",
                        f"To: <sip:alice@{S}>;tag=2", f"Call-ID: {number}@example", f"CSeq: {number} REGISTER") + contact +
                       ("Content-Length: 0", "", "")).encode()


def invite(target, media):
    sdp = f"v=0\r\no=- 1 1 IN IP4 {S}\r\ns=-\r\nc=IN IP4 {S}\r\nt=0 0\r\nm=audio {media} RTP/AVP 0\r\n"
    return "\r\n".join((f"INVITE sip:alice@{target}:5060 SIP/2.0", f"Via: SIP/2.0/UDP {S}:5070;branch=z9hG4bKcall", f"From: <sip:bob@{S}:5070>;tag=8",
                        f"To: <sip:alice@{target}:5060>", "Call-ID: call@example", "CSeq: 1 INVITE", f"Contact: <sip:bob@{S}:5070>",
                        "Content-Type: application/sdp", f"Content-Length: {len(sdp)}", "", sdp)).encode()


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_sip")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -i rc -p udp --dport 5060 -j CT --helper sip
        COMMIT
        *nat
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A INPUT -i rs -p udp -m comment --comment refused -j DROP
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper sip -m comment --comment called -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -i rc -p udp --dport 5060 -j ACCEPT
        -A FORWARD -j DROP
        COMMIT""")
    phone, registrar = udp_socket(CLIENT, C, 5060), udp_socket(SERVER, S, 5060)
    caller = udp_socket(SERVER, S, 5070)

    def refused(what):
        before = hits("refused")
        caller.sendto(invite(OUTSIDE, 6000), (OUTSIDE, 5060))
        wait_for(lambda: hits("refused") == before + 1, what)

    def signs(number, expires):
        phone.sendto(register(C, number, expires), (S, 5060))
        check_equal("REGISTER", hear("REGISTER", registrar), (register(OUTSIDE, number, expires), (OUTSIDE, 5060)))

    refused("no call before REGISTER")
    signs(1, 600)
    check_equal("expectations", len(expectations()), 1)
    check("INACTIVE" in expectations()[0] and "PERMANENT" in expectations()[0], f"it waits for the answer: {expectations()[0]}")
    refused("no call before the answer")
    registrar.sendto(answer(OUTSIDE, 1, 0, "403 Forbidden"), (OUTSIDE, 5060))
    check_equal("403", hear("403", phone)[0], answer(C, 1, 0, "403 Forbidden"))
    check_equal("expectations", expectations(), [])
    refused("no call after a refusal")

    signs(2, 600)
    registrar.sendto(answer(OUTSIDE, 2, 600), (OUTSIDE, 5060))
    check_equal("200", hear("200", phone), (answer(C, 2, 600), (S, 5060)))
    there = expectations()[0]
    check("INACTIVE" not in there and 590 <= int(there.split()[0]) <= 600, f"it is active as long as the registrar says: {there}")
    caller.sendto(invite(OUTSIDE, 6000), (OUTSIDE, 5060))
    check_equal("INVITE", hear("INVITE", phone), (invite(C, 6000), (S, 5070)))
    check_equal("packets of RELATED, helper sip", hits("called"), 1)
    phone.sendto(b"SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n", (S, 5070))
    check_equal("180", hear("180", caller)[1], (OUTSIDE, 5060))
    media = sorted(re.search(r"dst=(\S+) .*dport=(\d+)", line).groups() for line in expectations() if "sip/audio" in line)
    check_equal("the call has a helper of its own: its media are expected", media, [(S, "6000"), (S, "6001")])

    # A registrar's late answer to something else changes nothing; signing off closes the door for new calls.
    registrar.sendto(answer(OUTSIDE, 1, 0), (OUTSIDE, 5060))
    hear("late 200", phone)
    check_equal("registrations after a late answer", len([line for line in expectations() if "signalling" in line]), 1)
    signs(3, 0)
    registrar.sendto(answer(OUTSIDE, 3, 0), (OUTSIDE, 5060))
    hear("200", phone)
    check_equal("registrations after signing off", [line for line in expectations() if "signalling" in line], [])
    caller = udp_socket(SERVER, S, 5071)
    refused("no call after signing off")
    check(hears_nothing(phone) and hears_nothing(registrar), "and nothing else arrived")


main(test)
