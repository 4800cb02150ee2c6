#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Protocol state out of range - TCP state, window scale, flags, SCTP - is refused with stock's errors or taken as stock takes it.
import ctnetlink as ct
from ctnetlink import attribute, nest, u8, u32
from lab import *

T = u32(ct.TIMEOUT_LEFT, 100)


def tcp_with(*parts):
    return ct.both(TCP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_TCP, *parts))


def test():
    lab = Lab()
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    state = lambda value: u8(ct.TCP_STATE, value)
    wrong = ct.refuse(talk, [
        ("established", "ok", tcp_with(state(3))),
        ("last state", "ok", tcp_with(state(9))),
        ("state that is none", "ERANGE", tcp_with(state(10))),
        ("state out of range", "ERANGE", tcp_with(state(99))),
        ("state 255", "ERANGE", tcp_with(state(255))),
        ("no state", "ok", tcp_with(u8(ct.TCP_WSCALE_ORIG, 3))),
        ("empty TCP part", "ok", tcp_with()),
        ("empty protocol part", "ok", ct.both(TCP) + T + nest(ct.PROTOINFO)),
        ("scale 14", "ok", tcp_with(state(3), u8(ct.TCP_WSCALE_ORIG, 14), u8(ct.TCP_WSCALE_REPLY, 14))),
        ("scale 15", "ERANGE", tcp_with(state(3), u8(ct.TCP_WSCALE_ORIG, 15), u8(ct.TCP_WSCALE_REPLY, 3))),
        ("scale 255 of the reply", "ERANGE", tcp_with(state(3), u8(ct.TCP_WSCALE_ORIG, 3), u8(ct.TCP_WSCALE_REPLY, 255))),
        ("one scale only", "ok", tcp_with(state(3), u8(ct.TCP_WSCALE_ORIG, 3))),
        ("flags of one byte", "ERANGE", tcp_with(state(3), u8(ct.TCP_FLAGS_ORIG, 3))),
        ("flags", "ok", tcp_with(state(3), attribute(ct.TCP_FLAGS_ORIG, b"\xff\xff"), attribute(ct.TCP_FLAGS_REPLY, b"\xff\xff"))),
        ("state of no byte", "ERANGE", tcp_with(attribute(ct.TCP_STATE, b""))),
        ("SCTP's part for TCP", "ok", ct.both(TCP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_SCTP, u8(1, 3)))),
        ("SCTP without tags", "EINVAL", ct.both(SCTP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_SCTP, u8(1, 3)))),
        ("SCTP", "ok", ct.both(SCTP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_SCTP, u8(1, 3), u32(2, 1), u32(3, 2)))),
        ("SCTP's state out of range", "ERANGE", ct.both(SCTP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_SCTP, u8(1, 200), u32(2, 1), u32(3, 2)))),
        ("DCCP's state out of range", "EINVAL", ct.both(DCCP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_DCCP, u8(1, 200), u8(2, 0), attribute(3, bytes(8))))),
        ("DCCP's role out of range", "EINVAL", ct.both(DCCP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_DCCP, u8(1, 4), u8(2, 9), attribute(3, bytes(8))))),
        ("state for UDP", "ok", ct.both(UDP) + T + nest(ct.PROTOINFO, nest(ct.PROTOINFO_TCP, state(99)))),
        ("timeout of 0 seconds", "ok", ct.both(UDP) + u32(ct.TIMEOUT_LEFT, 0)),
        ("timeout of 2^32-1 seconds", "ok", ct.both(UDP) + u32(ct.TIMEOUT_LEFT, 0xffffffff)),
        ("timeout of two bytes", "ERANGE", ct.both(UDP) + attribute(ct.TIMEOUT_LEFT, b"\0\1")),
        ("status that only the kernel may set", "EBUSY", ct.both(UDP) + T + u32(ct.STATUS, ct.IPS_DYING)),
        ("every status bit", "EBUSY", ct.both(UDP) + T + u32(ct.STATUS, 0xffffffff)),
        ("status without reply but assured", "ok", ct.both(UDP) + T + u32(ct.STATUS, ct.IPS_CONFIRMED | ct.IPS_ASSURED)),
        ("helper that does not exist", "EOPNOTSUPP", ct.both(UDP) + T + nest(ct.HELP, attribute(1, b"nosuch\0"))),
        ("helper without a name", "EINVAL", ct.both(UDP) + T + nest(ct.HELP)),
        ("sequence adjustment without its fields", "EINVAL", ct.both(TCP) + T + nest(ct.SEQ_ADJ_ORIG, u32(1, 5))),
        ("labels of three bytes", "ok", ct.both(UDP) + T + attribute(ct.LABELS, b"\1\2\3")),
        ("labels too long", "ERANGE", ct.both(UDP) + T + attribute(ct.LABELS, bytes(64))),
        ("mask of labels alone", "ok", ct.both(UDP) + T + attribute(ct.LABELS_MASK, bytes(16))),
        ("zone of one byte", "ERANGE", ct.both(UDP) + T + u8(ct.ZONE, 1)),
        ("zone", "ok", ct.both(UDP) + T + attribute(ct.ZONE, b"\xff\xff")),
        ("master that does not exist", "ENOENT", ct.both(UDP) + T + nest(ct.TUPLE_MASTER, ct.ip_part(C, S), ct.ports(TCP, 5, 6))),
    ])
    check(not wrong, "every request ended as on stock" if not wrong else wrong)
    wait_for(lambda: count() == 0, "count returns to zero")
    # What is taken must not harm the packets of that flow.
    check_equal("made", talk.create(tcp_with(state(3), u8(ct.TCP_WSCALE_ORIG, 14), u8(ct.TCP_WSCALE_REPLY, 14)) +
                                    u32(ct.STATUS, ct.IPS_CONFIRMED | ct.IPS_SEEN_REPLY)), "ok")
    flow = TcpFlow(lab, sport=1000, dport=2000)
    flow.send("c", "PA", "ESTABLISHED", payload=b"data")
    flow.send("s", "A", "REPLY")
    check_equal("flushed", talk.flush(), "ok")


main(test)
