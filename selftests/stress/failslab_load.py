#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each allocation of loading the module fails in turn: the load is refused or does without, and nothing is left behind.
# time-limit: 180
from faults import *

LEFTOVERS = ("/proc/net/nf_conntrack", "/proc/net/stat/nf_conntrack", "/proc/sys/net/netfilter/nf_conntrack_max", "/proc/sys/net/nf_conntrack_max",
             "/sys/kernel/slab/nf_conntrack")


def test():
    need_fault_injection()
    hold_hooks()
    module = Module()
    only_from(*ALL_MODULES)
    spare("sysfs_slab_add")     # the kernel itself loses the name of a cache that sysfs refuses

    def judge(nth, error, failed):
        if not error:
            module.unload()
        elif error != errno.ENOMEM or not failed:
            fail(f"allocation {nth}: init_module says {os.strerror(error)}")
        if os.path.exists("/sys/module/nf_conntrack"):
            fail(f"allocation {nth}: a module is left")
        wait_quietly(lambda: not [path for path in LEFTOVERS if os.path.exists(path)], f"allocation {nth}: something of {LEFTOVERS} is left")

    for parameters in ("enable_hooks=0", "enable_hooks=1 hashsize=1024 acct=1 tstamp=1"):
        sweep(lambda: module.load(parameters), judge, f"load with {parameters}")
    check_equal("a load after all that", module.load(), 0)
    module.unload()


main(test)
