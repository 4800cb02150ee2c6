#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints how /proc/net/nf_conntrack changes, one readable line for each connection that appears, changes its state, or goes.

Ends when the file given as its argument exists. Counters and timeouts change all the time and are not news.
"""
import os
import re
import sys
import time

NAMES = {
    "10.0.1.2": "client", "10.0.1.1": "router", "10.0.2.1": "router", "10.0.2.2": "server",
    "fd00:0001:0000:0000:0000:0000:0000:0002": "client", "fd00:0001:0000:0000:0000:0000:0000:0001": "router",
    "fd00:0002:0000:0000:0000:0000:0000:0001": "router", "fd00:0002:0000:0000:0000:0000:0000:0002": "server",
}
POLL_SECONDS = 0.02


def parse(row):
    """A row of the table -> (what identifies the connection, what is worth telling about it)."""
    words = row.split()
    family, protocol, seconds = words[0], words[2], words[4]
    tuples = [dict(m) for m in (re.findall(r"(src|dst|sport|dport|id)=(\S+)", part)
                                for part in re.split(r"(?=\bsrc=)", row)[1:])]
    first = tuples[0]
    state = words[5] if "=" not in words[5] else ""
    flags = " ".join(re.findall(r"\[[A-Z_]+\]", row))
    if not state and seconds.startswith("["):
        seconds = ""

    def end(address, port):
        return NAMES.get(first[address], first[address]) + (":" + first[port] if port in first else "")

    key = (family, protocol, tuple(sorted(first.items())))
    flow = f"{end('src', 'sport'):>13} -> {end('dst', 'dport'):<13}"
    return key, f"{family} {protocol:<7}{flow}", state, flags, seconds


def table():
    with open("/proc/net/nf_conntrack") as rows:
        return {key: rest for key, *rest in map(parse, rows)}


def main():
    begin, known = time.monotonic(), {}
    while True:
        last = os.path.exists(sys.argv[1])
        now = table()
        stamp = f"  {time.monotonic() - begin:6.2f}s  "
        for key, (flow, state, flags, seconds) in now.items():
            if key not in known or known[key][1:3] != [state, flags]:
                print(f"{stamp}{flow} {state:<12}{flags:<12} expires in {seconds} s", flush=True)
        for key in known.keys() - now.keys():
            print(f"{stamp}{known[key][0]} gone", flush=True)
        known = now
        if last:
            return
        time.sleep(POLL_SECONDS)


main()
