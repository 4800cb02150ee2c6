#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# nf_conntrack_max and the bucket count can be read in any namespace but changed in the initial one only.
from lab import *


def test():
    run("modprobe", "nf_conntrack")
    run("ip", "netns", "add", ROUTER)
    was = {name: sysctl(name) for name in ("max", "buckets", "expect_max")}
    with inside(ROUTER):
        for name, value in was.items():
            check_equal(f"{name} read there", sysctl(name), value)
            try:
                sysctl(name, value * 2)
                wrote = True
            except OSError as error:
                print(f"# {name}: {error}")
                wrote = False
            check(not wrote or sysctl(name) == value, f"{name} cannot be changed there")
    for name, value in was.items():
        check_equal(f"{name} unchanged", sysctl(name), value)
    sysctl("max", 12345)
    with inside(ROUTER):
        check_equal("max seen from there", sysctl("max"), 12345)


main(test)
