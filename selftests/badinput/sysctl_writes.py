#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Every nf_conntrack sysctl refuses what is out of range, not a number, negative or endless, and keeps its value then.
# time-limit: 60
import errno
import glob
import os
import subprocess

from lab import *

DIRECTORY = "/proc/sys/net/netfilter/"
INT_MAX = 2**31 - 1


def jiffies_a_second():
    """What the kernel was built with, told by a sysctl of the same kind that is none of conntrack's."""
    path = "/proc/sys/net/ipv4/tcp_keepalive_time"
    before = read(path)
    found = next(hz for hz in (100, 250, 300, 1000) if not attempt(path, str(INT_MAX // hz)))
    attempt(path, before)
    return found


def read(path):
    with open(path) as file:
        return file.read().strip()


def attempt(path, text):
    """Writes in one call; the error's name, or None."""
    try:
        fd = os.open(path, os.O_WRONLY)
    except OSError as error:
        return "open: " + errno.errorcode[error.errno]
    try:
        os.write(fd, text.encode())
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        os.close(fd)
    return None


LARGEST_SECONDS = str(INT_MAX // jiffies_a_second())        # jiffies must fit into an int
TOO_MANY_SECONDS = str(int(LARGEST_SECONDS) + 1)

# What is written, and per kind of sysctl what comes of it: an error, the new value, or "-" (accepted, nothing changes).
#   seconds  a timeout: an int of jiffies, without bounds of its own, so that even negative values pass
#   flag, events, byte  one byte with a maximum of 1, 2, 255      max, expect_max  an int from 0 or 1 on
WRITES = [
    # text                    seconds          flag      events    byte      max           expect_max
    ("",                      "-",             "-",      "-",      "-",      "-",          "-"),
    ("\n",                    "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    (" ",                     "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("abc",                   "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("-",                     "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("0x",                    "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("+5",                    "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1x",                    "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1.5",                   "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1,2",                   "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("08",                    "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("\0",                    "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1\0",                   "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1\0002",                "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("-0",                    "0",             "EINVAL", "EINVAL", "EINVAL", "0",          "EINVAL"),
    ("0",                     "0",             "0",      "0",      "0",      "0",          "EINVAL"),
    ("1",                     "1",             "1",      "1",      "1",      "1",          "1"),
    ("2",                     "2",             "EINVAL", "2",      "2",      "2",          "2"),
    ("3",                     "3",             "EINVAL", "EINVAL", "3",      "3",          "3"),
    ("1 2",                   "1",             "1",      "1",      "1",      "1",          "1"),
    ("\t1",                   "1",             "1",      "1",      "1",      "1",          "1"),
    ("1\n",                   "1",             "1",      "1",      "1",      "1",          "1"),
    ("010",                   "8",             "EINVAL", "EINVAL", "8",      "8",          "8"),
    ("0x10",                  "16",            "EINVAL", "EINVAL", "16",     "16",         "16"),
    ("-1",                    "-1",            "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("255",                   "255",           "EINVAL", "EINVAL", "255",    "255",        "255"),
    ("256",                   "256",           "EINVAL", "EINVAL", "EINVAL", "256",        "256"),
    ("257",                   "257",           "EINVAL", "EINVAL", "EINVAL", "257",        "257"),
    (LARGEST_SECONDS,         LARGEST_SECONDS, "EINVAL", "EINVAL", "EINVAL", LARGEST_SECONDS, LARGEST_SECONDS),
    (TOO_MANY_SECONDS,        "EINVAL",        "EINVAL", "EINVAL", "EINVAL", TOO_MANY_SECONDS, TOO_MANY_SECONDS),
    ("2147483647",            "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "2147483647", "2147483647"),
    ("2147483648",            "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("-2147483648",           "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("4294967295",            "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("4294967296",            "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("4294967297",            "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("18446744073709551615",  "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("18446744073709551616",  "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("9" * 25,                "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("0" * 30 + "1",          "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1" * 5000,              "EINVAL",        "EINVAL", "EINVAL", "EINVAL", "EINVAL",     "EINVAL"),
    ("1" + " " * 5000,        "1",             "1",      "1",      "1",      "1",          "1"),
]
KINDS = ("seconds", "flag", "events", "byte", "max", "expect_max")
BY_NAME = {"flag": ("acct", "checksum", "timestamp", "dccp_loose", "tcp_be_liberal", "tcp_ignore_invalid_rst", "tcp_loose"),
           "events": ("events",), "byte": ("log_invalid", "tcp_max_retrans"), "max": ("max",), "expect_max": ("expect_max",)}
ELSEWHERE = ("count", "buckets", "frag6_high_thresh", "frag6_low_thresh", "frag6_timeout")     # other tests', or other modules'


def kind_of(name):
    for kind, names in BY_NAME.items():
        if name in names:
            return kind
    return "seconds" if "timeout" in name else None


def try_all(path, kind, surprises):
    original = read(path)
    for text, *outcomes in WRITES:
        wanted = outcomes[KINDS.index(kind)]
        error = attempt(path, text)
        value = read(path)
        got = error or ("-" if text == "" and value == original else value)
        if got != wanted or error and value != original:
            shown = repr(text) if len(text) < 40 else f"{text[:4]!r}... of {len(text)} bytes"
            surprises.append(f"{path.rpartition('/')[2]} ({kind}): writing {shown} gave {got}, value {value}, wanted {wanted}")
        if value != original:
            attempt(path, original)
    if read(path) != original:
        fail(f"{path} is not restored: {read(path)} instead of {original}")


def test():
    subprocess.run(["modprobe", "nf_conntrack"], check=True)
    files = {path.rpartition("/nf_conntrack_")[2]: path for path in glob.glob(DIRECTORY + "nf_conntrack_*")}
    files.update({name: DIRECTORY + name for name in ("nf_flowtable_tcp_timeout", "nf_flowtable_udp_timeout")})
    surprises, tried = [], 0
    for name, path in sorted(files.items()):
        kind = kind_of(name)
        if name in ELSEWHERE:
            continue
        if kind is None:
            fail(f"a sysctl that this test does not know: {name}")
        try_all(path, kind, surprises)
        tried += 1
    try_all("/proc/sys/net/nf_conntrack_max", "max", surprises)
    check_equal("sysctls tried", tried, 46)
    check_equal("nf_conntrack_count is read-only", attempt(DIRECTORY + "nf_conntrack_count", "0"), "open: EACCES")
    other_namespace(surprises)
    for line in surprises[:60]:
        print("  " + line)
    check_equal("surprises", len(surprises), 0)


def other_namespace(surprises):
    """In a namespace of its own the same, but what is there once for the whole machine can only be read."""
    run("ip", "netns", "add", ROUTER)
    with inside(ROUTER):
        for name in ("max", "buckets", "expect_max", "count"):
            check_equal(f"{name} elsewhere is read-only", attempt(DIRECTORY + "nf_conntrack_" + name, "1"), "open: EACCES")
        for name, kind in (("udp_timeout", "seconds"), ("acct", "flag"), ("tcp_max_retrans", "byte"), ("events", "events")):
            try_all(DIRECTORY + "nf_conntrack_" + name, kind, surprises)
        check_equal("a timeout here", attempt(DIRECTORY + "nf_conntrack_udp_timeout", "7"), None)
    check_equal("is no timeout there", read(DIRECTORY + "nf_conntrack_udp_timeout"), "30")


main(test)
