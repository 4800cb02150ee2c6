#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Packets, netlink, resizes, dumps, events, helpers, rules and namespaces against each other: memory stays, the count is that of a walk.
# time-limit: 150
"""For NFCT_STRESS_SECONDS, which `make soak` sets: without it there is no run. At the end of each phase all rest, and accounts are settled.

NFCT_STRESS_REPORT names a file that gets each line of the table as it is known.
"""

from actors import *

SECONDS = scale("NFCT_STRESS_SECONDS", 0)
PHASE = min(30, max(5, SECONDS // 3))
# Settings that the phases go through: room for all; a table that is always full; entries that run out at once.
PHASES = (("roomy", dict(max=50000, udp=20)), ("full", dict(max=400, udp=20)), ("short", dict(max=50000, udp=1)))
# What may be more at the end than after the warm-up. Slabs and per-processor lists that are partly used differ by some hundred KiB from
# one quiet point to the next; one leaked connection in a thousand packets would be ten times this within a minute.
TOLERANCE = 4096
COMPLAINT = re.compile(r"WARNING:|BUG:|BUG |Oops|suspicious RCU|KCSAN|UBSAN|refcount_t|stall|blocked for more than|unregister_netdevice: waiting")

FORGIVEN = re.compile(os.environ.get("NFCT_FORGIVEN", r"^$"))


def memory():
    """KiB that the kernel holds for itself and cannot give back, once connections and namespaces that are gone have been freed."""
    def now():
        with open("/proc/meminfo") as file:
            fields = {line.split(":")[0]: int(line.split()[1]) for line in file}
        return fields["SUnreclaim"] + fields["VmallocUsed"] + fields["Percpu"]
    least, same = now(), 0
    while same < 8:                 # RCU and the namespaces' worker take their time
        time.sleep(0.25)
        value = now()
        least, same = (value, 0) if value < least - 64 else (min(value, least), same + 1)
    return least


def settle(stage):
    """A quiet point: everybody rests, the count must be what a walk finds."""
    stage.park()
    with inside(None):
        put(PARAMETER, 4096)
    for _ in range(160 * SLOW):             # a master that was deleted counts as long as those it expected live: 20 s
        walk, said = len(rows()), int(run("conntrack", "-C"))     # the walk clears expired ones away
        if walk == said:
            break
        time.sleep(0.25)
    else:
        fail(f"the walk finds {walk} entries, the count is {said}")
    run("conntrack", "-F")
    wait_quietly(lambda: count() == 0, "entries are left after a flush", 20)
    objects()                       # gives empty pages back
    kib = memory()
    return walk, kib


def say(line):
    print(line, flush=True)
    path = os.environ.get("NFCT_STRESS_REPORT")
    if path:
        with open(path, "a") as file:
            file.write(line + "\n")


def test():
    if not SECONDS:
        skip("a run of its own: make soak")
    hold_hooks()
    for name, value in (("cost", 60), ("burst", 5)):          # "table full" would push everything else out of the log
        put("/proc/sys/net/core/message_" + name, value)
    put("/proc/sys/net/core/netdev_max_backlog", 100000)      # a processor that has no time for its packets must not lose the witnesses'
    mark = log_mark()
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    run("modprobe", "-a", "nf_conntrack_netlink", "nf_conntrack_ftp")
    lab = Lab(v6=True)
    for sock in lab.wire.values():
        sock.close()
    run("iptables-legacy-restore", stdin=RULESETS[0])
    cpus = sorted(os.sched_getaffinity(1))
    os.sched_setaffinity(0, set(cpus))
    stage = Stage()
    frames, batches = conversations()
    for number, cpu in enumerate(cpus):
        stage.start(f"packets.{number}", send, cpu, number, frames, batches)
    for name, act, *arguments in (("resizes", resize), ("dumps", dump), ("deletions", delete, 11), ("creations", create, 12), ("expectations", expect, 13),
                                  ("helpers", helper), ("events", listen), ("rules", rules), ("switches", switches, 14), ("namespaces", namespaces),
                                  ("witness 4", witness, socket.AF_INET), ("witness 6", witness, socket.AF_INET6)):
        stage.start(name, act, *arguments)
    short = [name.replace("packets.", "sent") for name in stage.names]
    say("# phase     " + " ".join(f"{name[:11]:>11}" for name in short) + "   entries     KiB reports seconds")
    begun, number, before, figures = time.monotonic(), 0, [0] * len(stage.names), []
    try:
        while number < 3 or time.monotonic() - begun < SECONDS:
            name, settings = PHASES[number % len(PHASES)]
            start = time.monotonic()
            with inside(None):
                put("/proc/sys/net/nf_conntrack_max", settings["max"])
            sysctl("udp_timeout", settings["udp"])
            stage.go_on()
            time.sleep(PHASE)
            walk, kib = settle(stage)
            complaints = sum(bool(COMPLAINT.search(line)) and not FORGIVEN.search(line) for line in log_lines(mark))
            done = [stage.done(n) for n in range(len(stage.names))]
            more = [now - was for now, was in zip(done, before)]
            before = done
            figures.append(kib)
            say(f"# {number:3} {name:6}" + " ".join(f"{amount:11}" for amount in more) +
                f" {walk:9} {kib:7} {complaints:7} {time.monotonic() - start:7.0f}")
            number += 1
    finally:
        failed = stage.end()
    check_equal("actors that failed", failed, [])
    say("# total     " + " ".join(f"{amount:11}" for amount in before))
    warm = max(figures[:3])
    say(f"# memory: {warm} KiB after the first three phases, {figures[-1]} KiB at the end, {max(figures)} KiB at most")
    check(figures[-1] <= warm + TOLERANCE, "memory is flat")
    say("# " + ", ".join(f"{field} {stat(field)}" for field in ("insert_failed", "drop", "early_drop", "clashres", "search_restart")))
    check(stat("clashres") > 0 or len(cpus) < 2, "first packets met on two processors")
    check(stat("early_drop") > 0, "the full table made room")
    os.close(lab.router)
    with open("/proc/1/ns/net") as initial:
        enter(initial.fileno())
    for name in (ROUTER, WIRES):
        run("ip", "netns", "del", name)
    all_objects_gone(60)


main(test)
