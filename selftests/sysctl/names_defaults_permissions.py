#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Every nf_conntrack sysctl is there with the kernel's default and permissions, and there are no others.
import stat as mode_bits

from lab import *

DEFAULTS = {
    "acct": 0, "checksum": 1, "count": 0, "dccp_loose": 1, "dccp_timeout_closereq": 64, "dccp_timeout_closing": 64,
    "dccp_timeout_open": 43200, "dccp_timeout_partopen": 480, "dccp_timeout_request": 240, "dccp_timeout_respond": 480,
    "dccp_timeout_timewait": 240, "events": 2, "frag6_high_thresh": 4194304, "frag6_low_thresh": 3145728, "frag6_timeout": 60,
    "generic_timeout": 600, "gre_timeout": 30, "gre_timeout_stream": 180, "icmp_timeout": 30, "icmpv6_timeout": 30, "log_invalid": 0,
    "sctp_timeout_closed": 10, "sctp_timeout_cookie_echoed": 3, "sctp_timeout_cookie_wait": 3, "sctp_timeout_established": 210,
    "sctp_timeout_heartbeat_sent": 30, "sctp_timeout_shutdown_ack_sent": 3, "sctp_timeout_shutdown_recd": 3,
    "sctp_timeout_shutdown_sent": 3, "tcp_be_liberal": 0, "tcp_ignore_invalid_rst": 0, "tcp_loose": 1, "tcp_max_retrans": 3,
    "tcp_timeout_close": 10, "tcp_timeout_close_wait": 60, "tcp_timeout_established": 432000, "tcp_timeout_fin_wait": 120,
    "tcp_timeout_last_ack": 30, "tcp_timeout_max_retrans": 300, "tcp_timeout_syn_recv": 60, "tcp_timeout_syn_sent": 120,
    "tcp_timeout_time_wait": 120, "tcp_timeout_unacknowledged": 300, "timestamp": 0, "udp_timeout": 30, "udp_timeout_stream": 120,
    "buckets": None, "max": None, "expect_max": None,           # these follow the size of memory
}
READ_ONLY = {"count"}
READ_ONLY_ELSEWHERE = {"count", "buckets", "max", "expect_max"}          # in a namespace other than the initial one


def names():
    return {name[len("nf_conntrack_"):] for name in os.listdir("/proc/sys/net/netfilter") if name.startswith("nf_conntrack_")}


def permissions(name):
    return mode_bits.S_IMODE(os.stat("/proc/sys/net/netfilter/nf_conntrack_" + name).st_mode)


def expected_buckets():
    """One bucket for every 16 KiB of memory, but 65536 above 1 GiB and 262144 above 4 GiB."""
    with open("/proc/meminfo") as info:
        memory = int(info.readline().split()[1]) << 10
    if memory > 4 << 30:
        return 262144
    return 65536 if memory > 1 << 30 else None


def test():
    # It has sysctls of its own, and the runner leaves it loaded.
    run("modprobe", "-r", "nf_defrag_ipv6", may_fail=True)
    check(not names(), "no sysctl without the module")
    run("modprobe", "nf_conntrack")
    missing, more = DEFAULTS.keys() - names(), names() - DEFAULTS.keys()
    check(not missing, f"none is missing {sorted(missing) or ''}")
    check(not more, f"none is new {sorted(more) or ''}")
    for name, value in sorted(DEFAULTS.items()):
        if value is not None:
            check_equal(name, sysctl(name), value)
        check_equal(f"permissions of {name}", oct(permissions(name)), oct(0o444 if name in READ_ONLY else 0o644))
    buckets = sysctl("buckets")
    check_equal("buckets", buckets, expected_buckets() or buckets)
    check_equal("max is one entry a bucket", sysctl("max"), buckets)
    check_equal("expect_max", sysctl("expect_max"), 4 * buckets // 256)
    with open("/proc/sys/net/nf_conntrack_max") as alias:
        check_equal("net.nf_conntrack_max", int(alias.read()), buckets)
    run("ip", "netns", "add", ROUTER)
    with inside(ROUTER):
        check_equal("same names in another namespace", sorted(names()), sorted(DEFAULTS))
        for name, value in sorted(DEFAULTS.items()):
            check(value is None or sysctl(name) == value, f"same default of {name} there")
        # Whether they may be written there is sysctl/limits_belong_to_the_initial_namespace.
        check_equal("buckets there", sysctl("buckets"), buckets)


main(test)
