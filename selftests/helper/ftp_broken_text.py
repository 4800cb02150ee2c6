#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# FTP's PORT and 227 cut in two, cut short or spoilt at each byte: what is dropped, what passes, and the connection goes on in every case.
from dialogue import *

PORT, PASV = b"PORT 10,0,1,2,4,1\r\n", b"227 Entering (10,0,2,2,8,1)\r\n"
THERE = b"PORT 10,0,2,111,4,1\r\n"


def fresh(lab, sport):
    d = Dialogue(lab, sport, 21).open()
    d.must("s", "PA", "greeting", b"220 hi\r\n")
    d.must("c", "PA", "USER", b"USER me\r\n")
    return d


def lives_on(d, side, text):
    """New data of both sides still passes, with its own text."""
    for who in (side, "s" if side == "c" else "c"):
        out = d.must(who, "PA", "data after " + text, b"NOOP\r\n")
        if out.payload != b"NOOP\r\n" or out.state not in ("ESTABLISHED", "REPLY"):
            fail(f"after {text}: {out.payload} {out.state}")
        d.must("s" if who == "c" else "c", "A", "its ACK")


def fate(d, side, payload):
    """p: passes as it is, d: dropped (and then sent again as something harmless), m: rewritten."""
    at = d.seq[side]
    out = d.send(side, "PA", payload, seconds=SILENCE)
    if out:
        return "p" if out.payload == payload else "m"
    d.seq[side] = at
    return "d"


def test():
    lab = Lab()
    if not exports("nf_conntrack_helper_register", "nf_confirm"):
        skip("this module cannot carry NAT yet")
    run("modprobe", "nf_nat_ftp")
    rule("raw", "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp")
    rule("nat", "-A POSTROUTING -o rs -j SNAT --to-source 10.0.2.111")
    sport = 42000
    told = {}
    for side, line in (("c", PORT), ("s", PASV)):
        for kind in ("cut in two", "cut short", "zeroed", "high bit", "doubled"):
            fates = ""
            for at in range(1 if kind.startswith("cut") else 0, len(line)):
                d, sport = fresh(lab, sport), sport + 1
                if kind == "cut in two":
                    one = fate(d, side, line[:at])
                    fates += one
                    if one == "p":
                        fates += fate(d, side, line[at:])
                else:
                    text = {"cut short": line[:at] + b"\r\n", "zeroed": line[:at] + b"\0" + line[at + 1:],
                            "high bit": line[:at] + bytes([line[at] | 0x80]) + line[at + 1:], "doubled": line[:at] + line[at:at + 1] + line[at:]}
                    fates += fate(d, side, text[kind])
                lives_on(d, side, f"{kind} at {at}")
            told[f"{side} {kind}"] = fates
    for what, fates in told.items():
        print(f"    {what!r}: {fates!r},")


main(test)
