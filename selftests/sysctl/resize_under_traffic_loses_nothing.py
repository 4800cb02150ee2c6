#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# While the table is resized again and again, no packet of a known flow is taken for a new one, and no flow is entered twice.
import threading

from lab import *

FLOWS, ROUNDS = 200, 24


def test():
    lab = Lab()
    there = [ip4(C, S, UDP, udp(port, 53, b"x")) for port in range(1000, 1000 + FLOWS)]
    back = [ip4(S, C, UDP, udp(53, port, b"y")) for port in range(1000, 1000 + FLOWS)]
    for packet in there:
        lab.put(packet)
    for packet in back:
        lab.put(packet, "s")
    lab.seen("NEW")
    new_before = lab.seen("NEW")
    failed = []

    def resizer():
        enter(os.open("/proc/1/ns/net", os.O_RDONLY))        # this thread alone
        os.sched_setaffinity(threading.get_native_id(), set(range(os.cpu_count())))
        try:
            for number in range(ROUNDS):
                with open("/sys/module/nf_conntrack/parameters/hashsize", "w") as file:
                    file.write(str((512, 65536, 2048, 16384)[number % 4]))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=resizer)
    thread.start()
    sent = 0
    while thread.is_alive():
        for number in range(FLOWS):
            lab.put(there[number])
            lab.put(back[number], "s")
            sent += 2
    thread.join()
    check(not failed, f"resizing works {failed or ''}")
    print(f"# {sent} packets while resizing {ROUNDS} times")
    check_equal("packets taken for new", lab.seen("NEW") - new_before, 0)
    check_equal("count", count(), FLOWS)
    check_equal("rows", len({r.orig["sport"] for r in rows()}), FLOWS)


main(test)
