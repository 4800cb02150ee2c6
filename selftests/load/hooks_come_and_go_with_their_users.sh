#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Nothing is tracked before a rule asks for it; the rule of one family does not start the other; without the rule tracking stops.
. "$SELFTESTS/lib.sh"

topology
ct_load
ping4() { in_client ping -q -c1 -W5 $S4 >/dev/null; }
ping6() { in_client ping -q -c1 -W5 $S6 >/dev/null; }
check "ping, no rule" ping4
check "IPv6 ping, no rule" ping6
check_equal "entries without a rule" "$(ct_count)" 0
track $ROUTER 4
check "ping with an IPv4 rule" ping4
check "IPv6 ping with an IPv4 rule" ping6
check "IPv4 entry" ct_row_matches "^ipv4 .* icmp "
check "no IPv6 entry" no_row_matches "^ipv6 "
track $ROUTER 6
check "IPv6 ping with both rules" ping6
check "IPv6 entry" ct_row_matches "^ipv6 .* icmpv6 "
check_equal "entries in the client's namespace" "$(ct_count $CLIENT)" 0
untrack
before=$(ct_count)
check "ping after the rules are gone" ping4
check "IPv6 ping after the rules are gone" ping6
check_equal "no entry more" "$(ct_count)" "$before"
track $ROUTER 4
check "ping with a rule again" ping4
check "tracked again" [ "$(ct_count)" -gt "$before" ]
