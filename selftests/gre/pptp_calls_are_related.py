#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# PPTP: the control connection announces a call, and its GRE packets are RELATED, one flow both ways, until the call ends.
from dialogue import *

CLIENT_CALL, SERVER_CALL = 0x1111, 0x2222


def message(kind, *fields, size):
    """A control message (RFC 2637, 2): length, type, magic cookie, kind, body of so many bytes."""
    body = b"".join(fields).ljust(size, b"\0")
    return (12 + size).to_bytes(2, "big") + b"\0\1\x1a\x2b\x3c\x4d" + kind.to_bytes(2, "big") + b"\0\0" + body


def number(value):
    return value.to_bytes(2, "big")


def data(side, call):
    """A packet of the tunnel; it names the receiver's call."""
    source, target = (C, S) if side == "c" else (S, C)
    return ip4(source, target, GRE, b"\x30\x01\x88\x0b\0\4" + number(call) + b"\0\0\0\1data")


def session(lab, sport):
    flow = TcpFlow(lab, sport, 1723).open()
    flow.send("c", "PA", "ESTABLISHED", "start request", payload=message(1, b"\1\0", size=144))
    flow.send("s", "PA", "REPLY", "start reply", payload=message(2, b"\1\0\1", size=144))
    return flow


def call(flow, client=CLIENT_CALL, server=SERVER_CALL):
    flow.send("c", "PA", "ESTABLISHED", "call request", payload=message(7, number(client), size=156))
    flow.send("s", "PA", "REPLY", "call reply", payload=message(8, number(server), number(client), b"\1", size=20))


def hang_up(flow, server=SERVER_CALL):
    flow.send("c", "PA", "ESTABLISHED", "clear request", payload=message(12, number(CLIENT_CALL), size=4))
    flow.send("s", "PA", "REPLY", "disconnect notice", payload=message(13, number(server), size=136))


def test():
    lab = Lab()
    run("modprobe", "nf_conntrack_pptp")
    rule("raw", "-A PREROUTING -p tcp --dport 1723 -j CT --helper pptp")

    print("-- the client speaks first")
    flow = session(lab, 40000)
    lab.expect("NEW", data("c", 0x7777), what="data of no call")
    call(flow)
    check_equal("expectations", len(open("/proc/net/nf_conntrack_expect").readlines()), 2)
    lab.expect("RELATED", data("c", SERVER_CALL), what="data")
    there = row(proto="gre", srckey=hex(CLIENT_CALL))
    check_equal("keys of the reply", (there.reply["srckey"], there.reply["dstkey"]), (hex(SERVER_CALL), hex(CLIENT_CALL)))
    # The helper sets 600 and 18000, but does so before the tracker sees the first packet and sets its own.
    check(" timeout=30, stream_timeout=180 " in there.raw, f"the tracker's timeouts: {there}")
    check_equal("expectations left", len(open("/proc/net/nf_conntrack_expect").readlines()), 0)
    lab.expect("REPLY", data("s", CLIENT_CALL), side="s", what="data")
    lab.expect("ESTABLISHED", data("c", SERVER_CALL), what="data")
    lab.expect("NEW", data("s", CLIENT_CALL + 1), side="s", what="data of another call")
    check_equal("rows of this call", len(rows(proto="gre", srckey=hex(CLIENT_CALL))), 1)
    check(row(proto="gre", srckey=hex(CLIENT_CALL)).assured, "it is assured")

    print("-- an error about it")
    error = ip4("10.0.2.9", C, ICMP, icmp(3, 4, b"\0\0\5\0", data("c", SERVER_CALL)[:28]))
    lab.expect("RELATED-REPLY", error, side="s", what="ICMP error")

    print("-- the call ends")
    hang_up(flow)
    check_equal("rows of this call", len(rows(proto="gre", srckey=hex(CLIENT_CALL))), 0)
    lab.expect("NEW", data("c", SERVER_CALL), what="data after the end")
    check_equal("its key", row(proto="gre", dstkey=hex(SERVER_CALL)).orig["srckey"], "0x0")

    print("-- another call, and the server speaks first")
    call(flow, 0x3333, 0x4444)
    lab.expect("RELATED", data("s", 0x3333), side="s", what="data")
    lab.expect("REPLY", data("c", 0x4444), what="data")
    lab.expect("ESTABLISHED", data("s", 0x3333), side="s", what="data")
    check_equal("keys", (row(proto="gre", srckey="0x4444").orig["dstkey"]), "0x3333")

    print("-- a call that is refused is none")
    other = session(lab, 40001)
    other.send("c", "PA", "ESTABLISHED", "call request", payload=message(7, number(0x5555), size=156))
    other.send("s", "PA", "REPLY", "refusal", payload=message(8, number(0x6666), number(0x5555), b"\4", size=20))
    lab.expect("NEW", data("c", 0x6666), what="data")


main(test)
