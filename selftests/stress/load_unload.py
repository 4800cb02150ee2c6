#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# 100 rounds of loading and unloading the module while sockets in several namespaces talk: nobody loses a byte, nothing is left behind.
# time-limit: 150
from traffic import *

ROUNDS = scale("NFCT_STRESS_LOADS", 100)


def talk(stop, family):
    own_namespace()
    talk = Loopback(family)
    while not os.path.exists(stop):
        talk.round()
        time.sleep(0.005)                   # leaves the processor to the loads
    print(f"{talk.rounds} rounds without a loss")


def test():
    hold_hooks()
    module = Module()
    stop = os.path.join(os.getcwd(), "stop")
    talkers = [spawn(talk, stop, family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_INET)]
    tracked, known, begun = 0, 0, time.monotonic()
    slept = random.Random(2)
    for number in range(ROUNDS):
        # every third load is refused, after the module has begun to set itself up
        if number % 3 == 2:
            error = module.load("enable_hooks=1 hashsize=4294967295")
            if error != 12:
                fail(f"load with a table beyond memory: {os.strerror(error)}, wanted ENOMEM")
        error = module.load("enable_hooks=%d hashsize=%d" % (number % 4 != 3, 1024 << number % 3))
        if error:
            fail(f"round {number}: init_module: {os.strerror(error)}")
        time.sleep(slept.random() * 0.1)
        alive = objects()
        known += bool(alive)
        tracked += any(alive.values())
        module.unload()
        wait_quietly(lambda: not os.path.exists("/sys/kernel/slab/nf_conntrack"), f"round {number}: the slab stays")
    print(f"{ROUNDS} rounds in {time.monotonic() - begun:.1f} s, connections were there in {tracked}")
    open(stop, "w").close()
    check_equal("talkers that failed", join(talkers), [])
    check(tracked > known // 4 or not known, "in a good part of the rounds something was tracked when the module left")
    for path in ("/proc/net/nf_conntrack", "/proc/net/stat/nf_conntrack", "/proc/sys/net/netfilter/nf_conntrack_max", "/proc/sys/net/nf_conntrack_max"):
        check(not os.path.exists(path), f"{path} is gone")


main(test)
