#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# net.nf_conntrack_max and net.netfilter.nf_conntrack_max are the same number.
from lab import *

ALIAS = "/proc/sys/net/nf_conntrack_max"


def test():
    check(not os.path.exists(ALIAS), "no alias without the module")
    run("modprobe", "nf_conntrack")
    sysctl("max", 4321)
    with open(ALIAS) as file:
        check_equal("alias", int(file.read()), 4321)
    Lab.write("net/nf_conntrack_max", 9876)
    check_equal("max", sysctl("max"), 9876)
    run("ip", "netns", "add", ROUTER)
    with inside(ROUTER):
        check(not os.path.exists(ALIAS), "no alias in another namespace")


main(test)
