#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# The bucket count changes all the time while both processors send and new flows come: every entry is still there, once.
# time-limit: 150
from traffic import *

FLOWS = scale("NFCT_STRESS_FLOWS", 4000)
RESIZES = scale("NFCT_STRESS_RESIZES", 60)
SIZES = (512, 65536, 1024, 16384, 3000, 262144, 513, 8192)
PARAMETER = "/sys/module/nf_conntrack/parameters/hashsize"
FIRST = 2000


def sender(wires, cpu, stop, ports, dport):
    """On one processor: its share of the old flows again and again, and a new flow now and then."""
    os.sched_setaffinity(0, {cpu})
    enter(wires)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind(("wc", 0))
    old = Burst(sock, udp_frames(None, ports))
    fresh = Burst(sock, udp_frames(None, range(1000, 60000), dport))
    sent = made = 0
    while not os.path.exists(stop):
        old.send()
        sent += len(ports)
        if made < 2000:
            fresh.send(made, made + 50)
            made += 50
        if sent == len(ports):
            open(f"{stop}.started.{cpu}", "w").close()
    with open(f"{stop}.{cpu}", "w") as file:
        file.write(f"{sent} {made}")


def test():
    hold_hooks()
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    lab = Lab(rules=False)
    sysctl("udp_timeout", 86400)
    sysctl("timestamp", 1)
    with inside(None), open("/proc/sys/net/nf_conntrack_max", "w") as file:
        file.write("100000")
    ports = list(range(FIRST, FIRST + FLOWS))
    fill(Burst(lab.wire["wc"], udp_frames(lab, ports)), FLOWS)
    time.sleep(1)               # ages are in whole seconds: these flows are one older than the storm
    begun = time.monotonic()
    stop = os.path.join(os.getcwd(), "stop")
    wires = ns_fd(WIRES)
    cpus = sorted(os.sched_getaffinity(1))
    senders = [spawn(sender, wires, cpu, stop, ports[number::len(cpus)], 100 + number) for number, cpu in enumerate(cpus)]
    for cpu in cpus:
        wait_for(lambda: os.path.exists(f"{stop}.started.{cpu}"), f"processor {cpu} sends", 20)
    with inside(None):
        for number in range(RESIZES):
            size = SIZES[number % len(SIZES)]
            path = PARAMETER if number % 2 else "/proc/sys/net/netfilter/nf_conntrack_buckets"
            with open(path, "w") as file:
                file.write(str(size))
            with open(PARAMETER) as file:
                got = int(file.read())
            if got != (size + 511) // 512 * 512:
                fail(f"resize {number} to {size}: the bucket count is {got}")
            time.sleep(0.02)
    open(stop, "w").close()
    check_equal("senders that failed", join(senders), [])
    for number, cpu in enumerate(cpus):
        with open(f"{stop}.{cpu}") as file:
            sent, made = map(int, file.read().split())
        print(f"processor {cpu}: {sent} packets of old flows, {made} new flows")
        check(sent > 0 and made > 0, "it has sent")
    seen = {}
    took = int(time.monotonic() - begun)
    for entry in rows():
        key = int(entry.orig["dport"]), int(entry.orig["sport"])
        seen.setdefault(key, []).append(int(entry.more["delta-time"]))
    twice = [key for key, ages in seen.items() if len(ages) > 1]
    check_equal("flows that are there twice", twice[:5], [])
    lost = [port for port in ports if (53, port) not in seen]
    check_equal("old flows that are lost", (len(lost), lost[:5]), (0, []))
    # An entry that a resize loses comes back with the flow's next packet, but not at its old age.
    young = [port for port in ports if seen[53, port][0] < took + 1]
    check_equal(f"old flows whose entry was made within the {took} s of this storm", (len(young), young[:5]), (0, []))
    for number, cpu in enumerate(cpus):
        here = sum(key[0] == 100 + number for key in seen)
        check(here > 0, f"{here} new flows of processor {cpu} are there")
    check_equal("the counter of entries", count(), len(seen))
    for name in ("insert_failed", "drop", "early_drop", "search_restart", "clashres"):
        print(f"{name}: {stat(name)}")
    for wire in lab.wire.values():
        wire.close()
    os.close(wires)
    os.close(lab.router)
    with open("/proc/1/ns/net") as initial:
        enter(initial.fileno())
    for name in (ROUTER, WIRES):
        run("ip", "netns", "del", name)
    all_objects_gone()


main(test)
