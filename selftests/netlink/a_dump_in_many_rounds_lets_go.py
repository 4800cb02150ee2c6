#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A netlink dump that takes many rounds shows every entry that stays, and keeps none that goes: deleted, expired, resized or broken off between.
import ctnetlink as ct
from lab import *

FLOWS = 600


def fill(talk):
    check_equal("flows that could not be made", talk.create_flows(range(1, FLOWS + 1)), [])
    check_equal("flows", count(), FLOWS)


def missing(dump, staying):
    return sorted(set(staying) - set(dump.ports))


def test():
    Lab()
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    everybody = range(1, FLOWS + 1)

    fill(talk)
    dump = ct.Dump()
    dump.rest()
    check(dump.rounds > 3, f"a dump takes several rounds ({dump.rounds})")
    check_equal("shown, each once", sorted(dump.ports), list(everybody))

    # Between two rounds every second one goes; the dump's position may be among them.
    dump = ct.Dump()
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
    dump = ct.Dump()
    dump.round()
    check_equal("flush", talk.flush(), "ok")
    dump.rest()
    wait_for(lambda: count() == 0, "count returns to zero after a flush during a dump")

    # The table changes its size: the dump comes to an end, whatever it shows.
    fill(talk)
    dump = ct.Dump()
    dump.round()
    before = parameter("hashsize")
    for size in ("4096", "512", before):
        parameter("hashsize", size)
        if not dump.over:
            dump.round()
    dump.rest()
    check(not set(dump.ports) - set(everybody), "a dump across resizes comes to an end")

    # Broken off, at every stage.
    for rounds in range(4):
        dump = ct.Dump()
        for _ in range(rounds):
            dump.round()
        dump.sock.close()
    check_equal("flush", talk.flush(), "ok")
    wait_for(lambda: count() == 0, "count returns to zero after dumps that were broken off")

    # Broken off while the entry is gone already.
    fill(talk)
    dump = ct.Dump()
    dump.round()
    talk.flush()
    dump.sock.close()
    wait_for(lambda: count() == 0, "count returns to zero after a dump that was broken off when all had gone")


main(test)
