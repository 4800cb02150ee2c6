#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A netlink dump that takes many rounds shows every entry that stays, and keeps none that goes: deleted, expired, resized or broken off between.
import struct

import ctnetlink as ct
from lab import *

FLOWS = 600
LONG = ct.u32(ct.TIMEOUT_LEFT, 3000)


class Dump:
    """Asked for a little at a time: the kernel's next round begins when the last one was read."""

    def __init__(self, family=socket.AF_INET):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, ct.NETLINK_NETFILTER)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)        # the least that there is: no round before it is asked for
        self.sock.bind((0, 0))
        self.sock.settimeout(20)
        self.ports, self.rounds, self.over = [], 0, False
        self.sock.send(struct.pack("=IHHII", 20, ct.CT << 8 | ct.GET, ct.REQUEST | ct.DUMP, 1, 0) + struct.pack("!BBH", family, 0, 0))

    def round(self):
        data = self.sock.recv(1 << 16)
        self.rounds += 1
        while len(data) >= 16 and not self.over:
            size, kind = struct.unpack_from("=IH", data)
            if kind == 3:                                                   # NLMSG_DONE
                self.over = True
                return
            parts = ct.attributes(data[20:size])
            proto = ct.attributes(ct.attributes(parts[ct.TUPLE_ORIG])[ct.TUPLE_PROTO])
            self.ports.append(struct.unpack("!H", proto[ct.SRC_PORT])[0])
            data = data[size + 3 & ~3:]

    def rest(self):
        while not self.over:
            self.round()
        self.sock.close()
        return self.ports


def fill(talk):
    for port in range(1, FLOWS + 1):
        if talk.create(ct.both(UDP, port, 53) + LONG) != "ok":
            fail(f"flow {port} could not be made")
    check_equal("flows", count(), FLOWS)


def missing(dump, staying):
    return sorted(set(staying) - set(dump.ports))


def test():
    Lab()
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    everybody = range(1, FLOWS + 1)

    fill(talk)
    dump = Dump()
    dump.rest()
    check(dump.rounds > 3, f"a dump takes several rounds ({dump.rounds})")
    check_equal("shown, each once", sorted(dump.ports), list(everybody))

    # Between two rounds every second one goes; the dump's position may be among them.
    dump = Dump()
    dump.round()
    gone = [port for port in everybody if port % 2]
    for port in gone:
        if talk.delete(ct.both(UDP, port, 53)) != "ok":
            fail(f"flow {port} could not be deleted")
    dump.rest()
    check_equal("missing after deletions", missing(dump, set(everybody) - set(gone)), [])
    check_equal("count after deletions", count(), FLOWS - len(gone))
    talk.flush()

    # All go: nothing may be left of the one at which the dump stands.
    fill(talk)
    dump = Dump()
    dump.round()
    check_equal("flush", talk.flush(), "ok")
    dump.rest()
    wait_for(lambda: count() == 0, "count returns to zero after a flush during a dump")

    # The table changes its size: the dump comes to an end, whatever it shows.
    fill(talk)
    dump = Dump()
    dump.round()
    with inside(None), open("/sys/module/nf_conntrack/parameters/hashsize") as file:
        before = file.read().strip()
    for size in ("4096", "512", before):
        with inside(None), open("/sys/module/nf_conntrack/parameters/hashsize", "w") as file:
            file.write(size)
        if not dump.over:
            dump.round()
    dump.rest()
    check(not set(dump.ports) - set(everybody), "a dump across resizes comes to an end")

    # Broken off, at every stage.
    for rounds in range(4):
        dump = Dump()
        for _ in range(rounds):
            dump.round()
        dump.sock.close()
    check_equal("flush", talk.flush(), "ok")
    wait_for(lambda: count() == 0, "count returns to zero after dumps that were broken off")

    # Broken off while the entry is gone already.
    fill(talk)
    dump = Dump()
    dump.round()
    talk.flush()
    dump.sock.close()
    wait_for(lambda: count() == 0, "count returns to zero after a dump that was broken off when all had gone")


main(test)
