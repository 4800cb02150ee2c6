#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A queue that asks for it is told a packet's entry, and its verdict can set the entry's mark.
import struct

import ctnetlink as ct
from lab import *
import nfqueue


def test():
    lab = Lab()
    run("modprobe", "nf_conntrack_netlink")
    run("iptables-legacy", "-A", "FORWARD", "-p", "udp", "-j", "NFQUEUE")
    queue = nfqueue.Queue(conntrack=True)
    lab.flush()
    for side, wanted_info in (("c", 2), ("s", 4)):             # IP_CT_NEW; IP_CT_ESTABLISHED_REPLY is told as 3 + established
        lab.put(ip4(C, S, UDP, udp(1000, 53, b"q")) if side == "c" else ip4(S, C, UDP, udp(53, 1000, b"a")), side)
        held = queue.take_whole()
        check(nfqueue.CT in held, f"entry is told with the packet from {side}")
        parts = ct.attributes(held[nfqueue.CT])
        ports = ct.attributes(ct.attributes(parts[ct.TUPLE_ORIG])[ct.TUPLE_PROTO])
        check_equal("its source port", ports[ct.SRC_PORT], struct.pack("!H", 1000))
        info = struct.unpack("!I", held[nfqueue.CT_INFO])[0]
        check_equal("its place in the connection", info, {"c": 2, "s": 3}[side])
        queue.release(held.number, attributes=ct.nest(nfqueue.CT, ct.u32(ct.MARK, 0x100 + ord(side))))
        check(lab.get("s" if side == "c" else "c", wanted=lambda seen: seen.proto == UDP), "packet comes out")
        check_equal("mark", row(proto="udp").more["mark"], str(0x100 + ord(side)))


main(test)
