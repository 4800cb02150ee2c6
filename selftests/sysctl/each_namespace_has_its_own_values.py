#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Timeouts and switches are set per namespace; another namespace keeps its own.
from lab import *

OTHER = NS + "-o"
OWN = {"udp_timeout": 41, "udp_timeout_stream": 42, "tcp_timeout_established": 43, "tcp_timeout_syn_sent": 44, "icmp_timeout": 45,
       "icmpv6_timeout": 46, "generic_timeout": 47, "tcp_loose": 0, "tcp_be_liberal": 1, "tcp_max_retrans": 7, "tcp_ignore_invalid_rst": 1,
       "acct": 1, "timestamp": 1, "checksum": 0, "log_invalid": 6}


def test():
    run("modprobe", "nf_conntrack")
    for name in (ROUTER, OTHER):
        run("ip", "netns", "add", name)
    try:
        with inside(ROUTER):
            for name, value in OWN.items():
                sysctl(name, value)
        for where in (OTHER, None):
            with inside(where):
                for name, value in OWN.items():
                    check(sysctl(name) != value, f"{name} is not touched in {where or 'the initial namespace'}")
        with inside(ROUTER):
            for name, value in OWN.items():
                check_equal(name, sysctl(name), value)
    finally:
        run("ip", "netns", "del", OTHER)


main(test)
