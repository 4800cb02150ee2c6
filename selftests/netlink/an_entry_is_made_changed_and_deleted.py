#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Connections made through netlink are in the table as asked, change when told to, and go.
import struct

import ctnetlink as ct
from lab import *


def test():
    Lab(v6=True)
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    timeout = ct.u32(ct.TIMEOUT_LEFT, 300)
    # Scales are taken only with the flag (and its mask) that says that both ends offered them.
    scales = [ct.attribute(kind, b"\1\1") for kind in (ct.TCP_FLAGS_ORIG, ct.TCP_FLAGS_REPLY)]
    tcp_established = ct.nest(ct.PROTOINFO, ct.nest(ct.PROTOINFO_TCP, ct.u8(ct.TCP_STATE, 3), ct.u8(ct.TCP_WSCALE_ORIG, 7),
                                                    ct.u8(ct.TCP_WSCALE_REPLY, 14), *scales))
    check_equal("made", talk.create(ct.both(TCP) + timeout + tcp_established + ct.u32(ct.STATUS, ct.IPS_CONFIRMED | ct.IPS_SEEN_REPLY | ct.IPS_ASSURED) +
                                    ct.u32(ct.MARK, 5)), "ok")
    entry = row(proto="tcp")
    check_equal("state", entry.state, "ESTABLISHED")
    check_equal("flags", entry.flags, {"ASSURED"})
    check_equal("mark", entry.more["mark"], "5")
    check_timeout("row", entry, 300)
    check_equal("made again", talk.create(ct.both(TCP) + timeout + tcp_established), "EEXIST")
    check_equal("changed", talk.update(ct.both(TCP) + ct.u32(ct.TIMEOUT_LEFT, 1000) + ct.u32(ct.MARK, 9)), "ok")
    entry = row(proto="tcp")
    check_equal("mark", entry.more["mark"], "9")
    check_timeout("row", entry, 1000)
    error, answers = talk.ask(ct.GET, ct.nest(ct.TUPLE_REPLY, ct.ip_part(S, C), ct.ports(TCP, 2000, 1000)))
    check_equal("found by its reply", error, "ok")
    parts = ct.attributes(answers[0])
    check_equal("mark told", parts[ct.MARK], struct.pack("!I", 9))
    tcp_parts = ct.attributes(ct.attributes(parts[ct.PROTOINFO])[ct.PROTOINFO_TCP])
    check_equal("window scales told", (tcp_parts[ct.TCP_WSCALE_ORIG], tcp_parts[ct.TCP_WSCALE_REPLY]), (b"\7", b"\16"))
    check_equal("entry of IPv6", talk.create(ct.both(UDP, src=C6, dst=S6) + timeout, family=10), "ok")
    check_equal("echo", talk.create(ct.nest(ct.TUPLE_ORIG, ct.ip_part(C, S), ct.echo_part(8)) +
                                    ct.nest(ct.TUPLE_REPLY, ct.ip_part(S, C), ct.echo_part(0)) + timeout), "ok")
    check_equal("count", count(), 3)
    error, answers = talk.ask(ct.GET, b"", ct.DUMP, family=0)
    check_equal("dumped", (error, len(answers)), ("ok", 3))
    check_equal("deleted", talk.delete(ct.both(TCP)), "ok")
    check_equal("deleted again", talk.delete(ct.both(TCP)), "ENOENT")
    check_equal("changed after that", talk.update(ct.both(TCP) + ct.u32(ct.MARK, 1)), "ENOENT")
    check_equal("flushed", talk.flush(), "ok")
    wait_for(lambda: count() == 0, "count returns to zero")


main(test)
