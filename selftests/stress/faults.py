# SPDX-License-Identifier: GPL-2.0-only
"""Allocations that fail where a test wants them to: the kernel's fault injection, narrowed to what conntrack asks for itself.

Two ways. In the calling task the Nth allocation fails (fail-nth), which makes every single step of a load or of a namespace fail in turn.
On the packet path, which does not run in the task, every Nth one fails (failslab's interval).
"""

from traffic import *

DEBUG = "/sys/kernel/debug/"
KINDS = ("failslab", "fail_page_alloc")
# A stack in the kernel log for each failure: which of the sites in kunit/ALLOCATIONS.md did fail?
TRACES = os.environ.get("NFCT_FAULT_TRACES") == "1"
# Where modules live on x86-64, whatever the kernel's own size; the kernel's text lies below.
ALL_MODULES = (0xffffffffa0000000, 0xffffffffff000000)


def put(path, value):
    with open(path, "w") as file:
        file.write(str(value))


def need_fault_injection():
    for kind in KINDS:
        if not os.path.isdir(DEBUG + kind):
            skip("needs a kernel with fault injection (failslab) and debugfs")
    if not os.path.exists("/proc/thread-self/fail-nth"):
        skip("needs a kernel with fail-nth")


def only_from(first, last):
    """Counts only allocations with an address between these on the stack."""
    for kind in KINDS:
        base = DEBUG + kind + "/"
        put(base + "probability", 0)
        put(base + "verbose", 2 if TRACES else 0)
        put(base + "ignore-gfp-wait", "N")
        put(base + "stacktrace-depth", 32)
        put(base + "require-start", hex(first))
        put(base + "require-end", hex(last))
    put(DEBUG + "fail_page_alloc/ignore-gfp-highmem", "N")
    put(DEBUG + "fail_page_alloc/min-order", 0)


def spare(function):
    """Never fails an allocation that this function of the kernel makes, or has made."""
    with open("/proc/kallsyms") as file:
        places = sorted((int(line.split()[0], 16), line.split()[2]) for line in file if line.split()[1] in "tT")
    at = [name for _, name in places].index(function)
    for kind in KINDS:
        put(DEBUG + kind + "/reject-start", hex(places[at][0]))
        put(DEBUG + kind + "/reject-end", hex(places[at + 1][0]))


def module_text():
    """From the first to the last function of nf_conntrack."""
    with open("/proc/kallsyms") as file:
        places = [int(line.split()[0], 16) for line in file if line.rstrip().endswith("[nf_conntrack]") and line.split()[1] in "tT"]
    if not places or not min(places):
        fail("nf_conntrack's functions are not in /proc/kallsyms")
    return min(places), max(places) + 4096


def every(interval):
    """From now on every allocation of that rank fails, on any processor; 0: none."""
    for kind in KINDS:
        put(DEBUG + kind + "/interval", interval or 1)
        put(DEBUG + kind + "/times", -1 if interval else 0)
        put(DEBUG + kind + "/probability", 100 if interval else 0)


def with_failure(nth, work):
    """Runs work() with the task's nth allocation failing. Returns its value, and whether so many allocations happened at all."""
    put("/proc/thread-self/fail-nth", nth)
    try:
        value = work()
    finally:
        with open("/proc/thread-self/fail-nth") as file:
            left = int(file.read())
        put("/proc/thread-self/fail-nth", 0)
    return value, left == 0


def sweep(work, judge, what, most=2000):
    """Makes the first, the second, ... allocation fail until there is none left to fail; judge(nth, value) looks at each outcome."""
    outcomes = {}
    for nth in range(1, most):
        value, happened = with_failure(nth, work)
        if not happened:
            judge(nth, value, False)
            shown = ", ".join(f"{amount} times {'success' if not outcome else os.strerror(outcome)}" for outcome, amount in outcomes.items())
            print(f"ok: {what}: each of {nth - 1} allocations failed once: {shown}", flush=True)
            check(nth > 1, f"{what} allocates something at all")
            return
        outcomes[value] = outcomes.get(value, 0) + 1
        judge(nth, value, True)
    fail(f"{what}: more than {most} allocations")
