#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Pings larger than the link's packets get through the router, and each is one packet to conntrack.
. "$SELFTESTS/lib.sh"

topology
track
ct_sysctl acct 1
check "IPv4 ping of 3000 bytes" in_client ping -q -c2 -i0.2 -W5 -s3000 $S4
check "IPv6 ping of 3000 bytes" in_client ping -q -c2 -i0.2 -W5 -s3000 $S6
check "IPv4 row counts whole packets" ct_row_matches "icmp .* packets=2 bytes=6056 .* packets=2 bytes=6056 "
check "IPv6 row counts whole packets" ct_row_matches "icmpv6 .* packets=2 bytes=6096 .* packets=2 bytes=6096 "
check_equal "IPv4 INVALID packets" "$(state_count INVALID 4)" 0
check_equal "IPv6 INVALID packets" "$(state_count INVALID 6)" 0
