#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# iptables on top of nf_tables, and the old "state" match, bring conntrack in alone: no other conntrack module comes along.
. "$SELFTESTS/lib.sh"

topology
in_router iptables-nft -t mangle -A PREROUTING -m conntrack --ctstate NEW -m comment --comment new || fail "iptables-nft"
in_router iptables-legacy -t mangle -A PREROUTING -m state --state NEW || fail "state match"
check "conntrack is loaded" ct_is_loaded
check_equal "users of conntrack" "$(cd /sys/module/nf_conntrack/holders && echo *)" "xt_conntrack"
check "ping" in_client ping -q -c2 -i0.2 -W5 $S4
check_equal "packets that nft_compat saw as NEW" "$(in_router iptables-nft -t mangle -nvxL PREROUTING | awk '/new/ { print $1 }')" 1
check_equal "packets that the state match saw as NEW" "$(in_router iptables-legacy -t mangle -nvxL PREROUTING | awk '/state NEW/ { print $1 }')" 1
