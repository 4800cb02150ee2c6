#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Expectations without a master, a helper, or parts of a tuple are refused with stock's errors; none is left.
import ctnetlink as ct
from ctnetlink import attribute, nest, u32
from lab import *


def test():
    Lab()
    run("modprobe", "nf_conntrack_netlink")
    talk = ct.Talk()
    master = nest(ct.EXPECT_MASTER, ct.ip_part(C, S), ct.ports(TCP, 1000, 21))
    expected = nest(ct.EXPECT_TUPLE, ct.ip_part(S, C), ct.ports(TCP, 20, 3000))
    mask = nest(ct.EXPECT_MASK, ct.ip_part("255.255.255.255", "255.255.255.255"), ct.ports(TCP, 0, 65535))
    timeout = u32(ct.EXPECT_TIMEOUT, 60)
    make = lambda body: talk.ask(ct.NEW, body, ct.CREATE | ct.EXCL, subsystem=ct.EXP)[0]

    check_equal("no master in the table", make(master + expected + mask + timeout), "ENOENT")
    check_equal("master made", talk.create(ct.both(TCP, 1000, 21) + u32(ct.TIMEOUT_LEFT, 100)), "ok")
    wrong = []
    for what, wanted, body in (
            ("nothing", "EINVAL", b""),
            ("no tuple", "EINVAL", master + mask + timeout),
            ("no mask", "EINVAL", master + expected + timeout),
            ("no master", "EINVAL", expected + mask + timeout),
            ("master without a helper", "EOPNOTSUPP", master + expected + mask + timeout),
            ("helper that does not exist", "EOPNOTSUPP", master + expected + mask + timeout + attribute(ct.EXPECT_HELP_NAME, b"nosuch\0")),
            ("name of a helper too long", "EINVAL", master + expected + mask + timeout + attribute(ct.EXPECT_HELP_NAME, b"x" * 40 + b"\0")),
            ("empty tuple", "EINVAL", master + nest(ct.EXPECT_TUPLE) + mask + timeout),
            ("empty mask", "EINVAL", master + expected + nest(ct.EXPECT_MASK) + timeout)):
        got = make(body)
        print(f"{what}: {got}")
        if got != wanted:
            wrong.append(f"{what}: {got}, wanted {wanted}")
    check(not wrong, "every request ended as on stock" if not wrong else "; ".join(wrong))
    check_equal("delete of an unknown one", talk.ask(ct.DELETE, expected, subsystem=ct.EXP)[0], "ENOENT")
    with open("/proc/net/nf_conntrack_expect") as table:
        check_equal("expectations", table.read(), "")
    talk.flush()
    wait_for(lambda: count() == 0, "count returns to zero")


main(test)
