#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each allocation of conntrack fails in turn while a namespace is created, the table resized or read; all is as before afterwards.
# time-limit: 180
from faults import *


def namespace():
    """A new namespace in a child, which reports the error and leaves again."""
    if libc.unshare(CLONE_NEWNET):
        return ctypes.get_errno()
    enter(HOME)
    return 0


def resize(size):
    def work():
        try:
            put("/sys/module/nf_conntrack/parameters/hashsize", size)
        except OSError as error:
            return error.errno
        return 0
    return work


def read_table():
    try:
        with open("/proc/net/nf_conntrack", "rb") as file:
            file.read()
    except OSError as error:
        return error.errno
    return 0


def only_enomem(nth, error, failed):
    if error and (error != errno.ENOMEM or not failed):
        fail(f"allocation {nth}: {os.strerror(error)}")


def test():
    global HOME
    need_fault_injection()
    hold_hooks()
    HOME = os.open("/proc/self/ns/net", os.O_RDONLY)
    for hooks in (0, 1):
        run("modprobe", "nf_conntrack", f"enable_hooks={hooks}")
        only_from(*module_text())
        sweep(namespace, only_enomem, f"a namespace, enable_hooks={hooks}")
        if hooks == 0:
            run("modprobe", "-r", "nf_conntrack")
    loopback_up()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for port in range(1, 101):
            sock.sendto(b"x", ("127.0.0.1", port))
    before = sorted((r.orig["sport"], r.orig["dport"]) for r in rows(proto="udp"))
    check_equal("flows", len(before), 100)
    sweep(resize(3000), only_enomem, "growing the table")
    sweep(resize(600), only_enomem, "shrinking the table")
    sweep(read_table, only_enomem, "reading the table")
    check_equal("the flows", sorted((r.orig["sport"], r.orig["dport"]) for r in rows(proto="udp")), before)
    check_equal("buckets", open("/sys/module/nf_conntrack/parameters/hashsize").read().strip(), "1024")


main(test)
