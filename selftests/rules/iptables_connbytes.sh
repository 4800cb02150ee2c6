#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# connbytes matches packets, bytes and average of one or both directions; its use switches accounting on.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rule() { in_router iptables-legacy -A FORWARD -m connbytes "$@" || fail "rule $*"; }
rule --connbytes 3: --connbytes-dir original --connbytes-mode packets -m comment --comment third
rule --connbytes 1028:2056 --connbytes-dir original --connbytes-mode bytes -m comment --comment bytes
rule --connbytes 1028:1028 --connbytes-dir both --connbytes-mode avgpkt -m comment --comment average
rule --connbytes 6: --connbytes-dir both --connbytes-mode packets -m comment --comment both
check_equal "accounting" "$(ct_sysctl_get acct)" 1
check "three pings" in_client ping -q -c3 -i0.2 -W5 -s1000 $S4
check_equal "third packet on" "$(rule_packets third)" 2
check_equal "by bytes" "$(rule_packets bytes)" 4
check_equal "average" "$(rule_packets average)" 6
check_equal "both directions" "$(rule_packets both)" 1
