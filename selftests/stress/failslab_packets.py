#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Every Nth allocation on the packet path fails, for each N: packets may be dropped, but nothing leaks and all works afterwards.
# time-limit: 180
from faults import *

INTERVALS = (1, 2, 3, 4, 5, 7, 11, 17)


def talk_into_the_void(number):
    """First packets of many kinds, with answers where the stack gives any; whether they arrive does not matter here."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
            for port in range(1, 40):                       # closed ports: an ICMP error comes back for each
                with contextlib.suppress(OSError):
                    sock.sendto(b"x" * (3000 if port % 8 == 0 else 10), (host, port + 100 * number))
        for port in range(1, 10):                           # refused connections
            with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as sock:
                sock.settimeout(0.05)
                sock.connect((host, port))
        ping = (socket.IPPROTO_ICMP, echo) if family == socket.AF_INET else (socket.IPPROTO_ICMPV6, echo6)
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_RAW, ping[0]) as sock:
            for ident in range(20):
                with contextlib.suppress(OSError):
                    sock.sendto(bytes(close_segment(ping[1](ident + 100 * number), addr(host), addr(host), ping[0])), (host, 0))
        for proto in (99, 136, 132, 33):
            with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_RAW, proto) as sock:
                sock.sendto(b"\0\1\0\2" + b"\0" * 20, (host, 0))


def one_namespace():
    own_namespace()
    for name in ("acct", "timestamp"):
        sysctl(name, 1)
    before = count()
    every(1)
    talk_into_the_void(0)
    every(0)
    made = count() - before
    check(stat("drop") > 0, "packets were dropped, and counted as such")
    spares = len(objects()) * os.cpu_count() if len(objects()) > 1 else 0
    check(made <= spares, f"when every allocation fails no entry is made but of memory that processors kept ({made} of {spares})")
    for number, interval in enumerate(INTERVALS[1:], 1):
        every(interval)
        talk_into_the_void(number)
        every(0)
        print(f"every {interval}: {count()} entries, {stat('drop')} dropped, {stat('insert_failed')} not inserted")
    some = count()
    check(some > 50, "some packets had their entry all the same")
    rows()
    talk = Loopback()
    for _ in range(20):
        talk.round()
    print("ok: afterwards nothing is lost")


def test():
    need_fault_injection()
    hold_hooks()
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    only_from(*module_text())
    try:
        for turn in range(3):
            all_objects_gone(60)    # dying ones would give their memory to the next
            check_equal("the namespace's process", join([spawn(one_namespace)], 120), [])
    finally:
        every(0)
    all_objects_gone(60)
    check_equal("entries", count(), 0)


main(test)
