#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# First packets of the same flow sent by two processors at the same moment all get through, and each flow has one entry.
import struct
import threading

from lab import *

FLOWS = 300


def test():
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        skip("needs two processors")
    lab = Lab()
    frames = [ethernet(MAC["rc"], MAC["wc"], ip4(C, S, UDP, udp(2000 + n, 53, b"race"))) for n in range(FLOWS)]
    socks = []
    with inside(WIRES):
        for _ in range(2):
            socks.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
            socks[-1].bind(("wc", 0))
    lab.flush()
    gate = threading.Barrier(2)

    def sender(number):
        os.sched_setaffinity(threading.get_native_id(), {cpus[number]})
        for frame in frames:
            gate.wait()
            socks[number].send(frame)

    threads = [threading.Thread(target=sender, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    arrived = {}

    def all_arrived():
        while (seen := lab.get("s", 0.05, lambda seen: seen.proto == UDP)) is not None:
            port = struct.unpack_from("!H", seen.body)[0]
            arrived[port] = arrived.get(port, 0) + 1
        return sum(arrived.values()) == 2 * FLOWS

    wait_for(all_arrived, "every packet arrives", 20)
    for thread in threads:
        thread.join()
    check_equal("rows", len(rows(proto="udp")), FLOWS)
    check_equal("count", count(), FLOWS)
    check_equal("statistic insert_failed", stat("insert_failed"), 0)
    print(f"clashes resolved: {stat('clashres')}")


main(test)
