#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A message cut at every length, with every attribute length wrong, and nested out of all bounds: errors, no harm, nothing left.
import random
import struct

import ctnetlink as ct
from ctnetlink import attribute, nest, u8, u32
from lab import *


def test():
    Lab()
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    good = (ct.both(TCP) + u32(ct.TIMEOUT_LEFT, 100) + u32(ct.STATUS, ct.IPS_CONFIRMED | ct.IPS_SEEN_REPLY | ct.IPS_ASSURED) + u32(ct.MARK, 1) +
            nest(ct.PROTOINFO, nest(ct.PROTOINFO_TCP, u8(ct.TCP_STATE, 3), u8(ct.TCP_WSCALE_ORIG, 7), u8(ct.TCP_WSCALE_REPLY, 7))))
    check_equal("whole", talk.create(good), "ok")
    talk.flush()

    ends = {}
    for size in range(0, len(good), 4):
        error = talk.create(good[:size])
        ends[error] = ends.get(error, 0) + 1
        talk.flush()
    print("cut:", ends)
    check(ends.get("EINVAL", 0) >= 20, "a cut message is refused")

    generator = random.Random(1)
    ends = {}
    for at in range(0, len(good)):
        for value in {0, 3, 0x7f, 0xff, generator.randrange(256)}:
            error = talk.create(good[:at] + bytes([value]) + good[at + 1:])
            ends[error] = ends.get(error, 0) + 1
            if error == "ok":
                talk.flush()
    print("altered:", ends)
    check(ends.get("EINVAL", 0) > 100, "an altered message is mostly refused")
    talk.flush()

    deep = u8(ct.TCP_STATE, 3)
    for _ in range(2000):
        deep = nest(1, deep)
        if len(deep) > 30000:
            break
    for kind in (ct.TUPLE_ORIG, ct.PROTOINFO, ct.HELP, ct.NAT_SRC, ct.SEQ_ADJ_ORIG, ct.SYNPROXY, ct.TUPLE_MASTER):
        print(f"nested deep in {kind}:", talk.create(good + nest(kind, deep)))
        talk.flush()
    many = b"".join(attribute(ct.MARK, struct.pack("!I", n)) for n in range(4000))
    check_equal("the last of many marks counts", talk.create(good + many), "ok")
    check_equal("mark", row(proto="tcp").more["mark"], "3999")
    talk.flush()
    wait_for(lambda: count() == 0, "count returns to zero")
    check_equal("whole again", talk.create(good), "ok")
    talk.flush()


main(test)
