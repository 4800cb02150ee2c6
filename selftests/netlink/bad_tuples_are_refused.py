#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Tuples that lack parts, mix families, have wrong lengths or protocols are refused with stock's errors, and nothing remains.
import ctnetlink as ct
from ctnetlink import attribute, nest, u8, u16, u32
from lab import *

T = u32(ct.TIMEOUT_LEFT, 100)


def orig(*parts):
    """The original tuple given, a good reply beside it."""
    return nest(ct.TUPLE_ORIG, *parts) + nest(ct.TUPLE_REPLY, ct.ip_part(S, C), ct.ports(UDP, 2000, 1000)) + T


def test():
    Lab()
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    ip_, good = ct.ip_part(C, S), ct.ports(UDP, 1000, 2000)
    proto = lambda *parts: nest(ct.TUPLE_PROTO, *parts)
    wrong = ct.refuse(talk, [
        ("good", "ok", orig(ip_, good)),
        ("nothing", "EINVAL", b""),
        ("timeout only", "EINVAL", T),
        ("no reply", "EINVAL", nest(ct.TUPLE_ORIG, ip_, good) + T),
        ("no original", "EINVAL", nest(ct.TUPLE_REPLY, ip_, good) + T),
        ("no timeout", "EINVAL", ct.both(UDP)),
        ("empty tuple", "EINVAL", orig()),
        ("no addresses", "EINVAL", orig(good)),
        ("no protocol part", "EINVAL", orig(ip_)),
        ("empty protocol part", "EINVAL", orig(ip_, proto())),
        ("ports without a number", "EINVAL", orig(ip_, proto(u16(ct.SRC_PORT, 1), u16(ct.DST_PORT, 2)))),
        ("no source port", "EINVAL", orig(ip_, proto(u8(ct.PROTO_NUM, UDP), u16(ct.DST_PORT, 2)))),
        ("no destination port", "EINVAL", orig(ip_, proto(u8(ct.PROTO_NUM, TCP), u16(ct.SRC_PORT, 2)))),
        ("port of one byte", "ERANGE", orig(ip_, proto(u8(ct.PROTO_NUM, UDP), u8(ct.SRC_PORT, 1), u16(ct.DST_PORT, 2)))),
        ("number of no byte", "ERANGE", orig(ip_, proto(attribute(ct.PROTO_NUM, b""), u16(ct.SRC_PORT, 1), u16(ct.DST_PORT, 2)))),
        ("no source address", "EINVAL", orig(nest(ct.TUPLE_IP, attribute(ct.V4_DST, addr(S))), good)),
        ("address of three bytes", "ERANGE", orig(nest(ct.TUPLE_IP, attribute(ct.V4_SRC, b"\x0a\0\1"), attribute(ct.V4_DST, addr(S))), good)),
        ("addresses of IPv6 in a message of IPv4", "EINVAL", orig(ct.ip_part(C6, S6), good)),
        ("ICMP without an identifier", "EINVAL", orig(ip_, proto(u8(ct.PROTO_NUM, ICMP), u8(ct.ICMP_TYPE, 8), u8(ct.ICMP_CODE, 0)))),
        ("ICMP of a type without an answer", "EINVAL", orig(ip_, ct.echo_part(3))),
        ("ICMP of a type out of range", "EINVAL", orig(ip_, ct.echo_part(255))),
        ("a protocol nobody knows, without ports", "EINVAL", orig(ip_, proto(u8(ct.PROTO_NUM, 200)))),
        ("zero addresses and ports", "ok", orig(ct.ip_part("0.0.0.0", "0.0.0.0"), ct.ports(UDP, 0, 0))),
        ("reply of another protocol", "EINVAL", nest(ct.TUPLE_ORIG, ip_, good) + nest(ct.TUPLE_REPLY, ct.ip_part(S, C), ct.ports(TCP, 1, 2)) + T),
        ("reply is the original", "ok", nest(ct.TUPLE_ORIG, ip_, good) + nest(ct.TUPLE_REPLY, ip_, good) + T),
        ("zone in the tuple", "ok", orig(ip_, good, u16(ct.TUPLE_ZONE, 5))),
        ("zone of one byte", "ERANGE", orig(ip_, good, u8(ct.TUPLE_ZONE, 5))),
        ("attribute beyond the last", "ok", orig(ip_, good) + attribute(99, b"what")),
        ("attribute beyond the last in the tuple", "ok", orig(ip_, good, attribute(77, b"what"))),
        ("tuple without the nested flag", "ok", attribute(ct.TUPLE_ORIG, ip_ + good) +
         nest(ct.TUPLE_REPLY, ct.ip_part(S, C), ct.ports(UDP, 2000, 1000)) + T),
    ])
    check(not wrong, "every request ended as on stock" if not wrong else wrong)
    check_equal("unknown family", talk.create(ct.both(UDP) + T, family=99), "EOPNOTSUPP")
    wait_for(lambda: count() == 0, "count returns to zero")


main(test)
