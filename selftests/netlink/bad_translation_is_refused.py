#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# NAT attributes that are malformed, of another family or contradictory are refused with stock's errors; a good one translates.
import struct

import ctnetlink as ct
from ctnetlink import attribute, nest, u8, u16, u32
from lab import *

T = u32(ct.TIMEOUT_LEFT, 100)


def with_nat(*parts, kind=ct.NAT_SRC):
    return ct.both(UDP) + T + nest(kind, *parts)


def test():
    lab = Lab()
    run("modprobe", "nf_conntrack_netlink")
    run("iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-s", "192.0.2.1", "-j", "ACCEPT")         # the hooks of nf_nat
    talk = ct.Talk()
    minimum = attribute(ct.NAT_MINIP, addr(RS))
    wrong = ct.refuse(talk, [
        ("source", "ok", with_nat(minimum)),
        ("range of addresses", "ok", with_nat(minimum, attribute(ct.NAT_MAXIP, addr("10.0.2.9")))),
        ("address of two bytes", "ERANGE", with_nat(attribute(ct.NAT_MINIP, b"\1\2"))),
        ("address of IPv6", "ok", with_nat(attribute(4, addr(C6)))),
        ("empty", "ok", with_nat()),
        ("ports", "ok", with_nat(minimum, nest(ct.NAT_PROTO, u16(ct.PORT_MIN, 5000), u16(ct.PORT_MAX, 5001)))),
        ("ports backwards", "ok", with_nat(minimum, nest(ct.NAT_PROTO, u16(ct.PORT_MIN, 5001), u16(ct.PORT_MAX, 5000)))),
        ("port of one byte", "ERANGE", with_nat(minimum, nest(ct.NAT_PROTO, u8(ct.PORT_MIN, 5)))),
        ("empty ports", "ok", with_nat(minimum, nest(ct.NAT_PROTO))),
        ("addresses backwards", "ok", with_nat(attribute(ct.NAT_MINIP, addr("10.0.2.9")), attribute(ct.NAT_MAXIP, addr(RS)))),
        ("destination", "ok", with_nat(minimum, kind=ct.NAT_DST)),
        ("both", "ok", with_nat(minimum) + nest(ct.NAT_DST, attribute(ct.NAT_MINIP, addr("10.0.2.9")))),
        ("not nested", "ok", ct.both(UDP) + T + attribute(ct.NAT_SRC, minimum)),
        ("truncated inside", "ok", with_nat(attribute(ct.NAT_MINIP, b"", length=40))),
    ])
    check(not wrong, "every request ended as on stock" if not wrong else wrong)
    wait_for(lambda: count() == 0, "count returns to zero")

    check_equal("made", talk.create(with_nat(minimum, nest(ct.NAT_PROTO, u16(ct.PORT_MIN, 5000), u16(ct.PORT_MAX, 5000)))), "ok")
    check_equal("reply tuple", row(proto="udp").reply, {"src": S, "dst": RS, "sport": "2000", "dport": "5000"})
    check_equal("translation of an existing entry is refused", talk.update(with_nat(minimum)), "EOPNOTSUPP")
    lab.flush()
    lab.put(ip4(C, S, UDP, udp(1000, 2000, b"question")))
    out = lab.get("s", wanted=lambda seen: seen.proto == UDP)
    check_equal("packet is translated", out and (out.src, out.body[:4]), (RS, struct.pack("!HH", 5000, 2000)))
    check_equal("flushed", talk.flush(), "ok")


main(test)
