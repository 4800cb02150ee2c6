#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A bucket count of nothing, of nonsense or beyond memory is refused and leaves the table as it is; any other keeps every entry.
# time-limit: 90
import errno
import os
import re

from lab import *

PARAMETER = "/sys/module/nf_conntrack/parameters/hashsize"
SYSCTL = "/proc/sys/net/netfilter/nf_conntrack_buckets"
FLOWS = 300

# What is written, and what the parameter and the sysctl make of it: an error, or the bucket count. 512 buckets fill a page.
WRITES = [
    # text                     parameter   sysctl
    ("0",                      "EINVAL",   "EINVAL"),
    ("-0",                     "EINVAL",   "EINVAL"),
    ("-1",                     "EINVAL",   "ENOMEM"),
    ("-2147483648",            "EINVAL",   "ENOMEM"),
    ("-2147483649",            "EINVAL",   "EINVAL"),
    ("\n",                     "EINVAL",   "EINVAL"),
    (" ",                      "EINVAL",   "EINVAL"),
    ("abc",                    "EINVAL",   "EINVAL"),
    ("0x",                     "EINVAL",   "EINVAL"),
    ("600x",                   "EINVAL",   "EINVAL"),
    ("600,700",                "EINVAL",   "EINVAL"),
    ("600.5",                  "EINVAL",   "EINVAL"),
    ("08",                     "EINVAL",   "EINVAL"),
    ("\0",                     "EINVAL",   "EINVAL"),
    ("1",                      "512",      "512"),
    ("512",                    "512",      "512"),
    ("513",                    "1024",     "1024"),
    ("600\n",                  "1024",     "1024"),
    ("+600",                   "1024",     "EINVAL"),
    (" 600",                   "EINVAL",   "1024"),
    ("600 ",                   "EINVAL",   "1024"),
    ("600 700",                "EINVAL",   "1024"),
    ("600\0",                  "1024",     "EINVAL"),
    ("0x400",                  "1024",     "1024"),
    ("02000",                  "1024",     "1024"),
    ("1000000",                "1000448",  "1000448"),
    ("2147483647",             "ENOMEM",   "ENOMEM"),
    ("2147483648",             "ENOMEM",   "EINVAL"),
    ("4294967295",             "ENOMEM",   "EINVAL"),
    ("4294967296",             "ERANGE",   "EINVAL"),
    ("4294967297",             "ERANGE",   "EINVAL"),
    ("18446744073709551616",   "ERANGE",   "EINVAL"),
    ("9" * 25,                 "ERANGE",   "EINVAL"),
    ("9" * 5000,               "ERANGE",   "EINVAL"),
    ("0" * 30 + "1",           "512",      "EINVAL"),
]


def read(path):
    with open(path) as file:
        return file.read().strip()


def attempt(path, text):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        os.close(fd)
    return None


def beyond_memory():
    """A bucket count whose array fits into addresses, but not into this machine; nothing may be killed to make room for it."""
    with open("/proc/meminfo") as file:
        total = int(re.search(r"MemTotal: +(\d+) kB", file.read()).group(1)) * 1024
    return str(4 * total // 8)


def fingerprint():
    """The living entries, timeouts aside, and each bound to be there once."""
    found = sorted(re.sub(r"^(\S+ +\S+ +\S+ +\S+) \d+", r"\1", entry.raw) for entry in rows())
    return found


def test():
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    lab = Lab(rules=False)
    for port in range(FLOWS):
        lab.put(ip4(C, S, UDP, udp(1000 + port, 53)))
    wait_for(lambda: count() == FLOWS, f"{FLOWS} flows are there")
    before = fingerprint()
    check_equal("rows", len(before), FLOWS)
    surprises = []
    with open("/proc/1/ns/net") as initial:
        initial_namespace = os.dup(initial.fileno())
    for path, column in ((PARAMETER, 1), (SYSCTL, 2)):
        for text, *outcomes in WRITES + [(beyond_memory(), "ENOMEM", "ENOMEM")]:
            wanted = outcomes[column - 1]
            enter(initial_namespace)                # from any other namespace the parameter and the sysctl are shut
            old = read(path)
            error = attempt(path, text)
            new = read(path)
            other = read(SYSCTL if path == PARAMETER else PARAMETER)
            enter(lab.router)
            got = error or new
            shown = f"{path.rpartition('/')[2]} {text!r}" if len(text) < 40 else f"{path.rpartition('/')[2]} {len(text)} digits"
            if got != wanted or error and new != old:
                surprises.append(f"{shown}: got {got}, value {new}, wanted {wanted}")
            if path == PARAMETER and not error and new != other:
                surprises.append(f"{shown}: the sysctl says {other}, the parameter {new}")
            if fingerprint() != before:
                surprises.append(f"{shown}: the table changed, {count()} entries")
    for line in surprises:
        print("  " + line)
    check_equal("surprises", len(surprises), 0)
    for port in list(range(FLOWS)) + [FLOWS]:
        lab.put(ip4(C, S, UDP, udp(1000 + port, 53)))
    # the last one is new, so that its arrival shows that all others are through
    wait_for(lambda: rows(sport=1000 + FLOWS), "a new flow after another packet on each old one")
    check_equal("flows now", count(), FLOWS + 1)
    check_equal("the parameter from another namespace", attempt(PARAMETER, "1024"), errno.errorcode[errno.EOPNOTSUPP])


main(test)
