#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A ping through the router makes one ICMP entry, in IPv4 and in IPv6.
. "$SELFTESTS/lib.sh"

topology
track
check "IPv4 ping gets through" in_client ping -q -c1 -W5 $S4
check "IPv6 ping gets through" in_client ping -q -c1 -W5 $S6
check "IPv4 row" ct_row_matches "^ipv4     2 icmp     1 (29|30|28|27) src=$C4 dst=$S4 type=8 code=0 id=[0-9]+ src=$S4 dst=$C4 type=0 code=0 id=[0-9]+ mark=0 zone=0 use=2\$"
check "IPv6 row" ct_row_matches "^ipv6     10 icmpv6   58 "
check_equal "packets in state NEW" "$(state_count NEW 4)" 1
