#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The conntrack match reads protocol, addresses, ports, direction, status and expiry of the entry.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rule() { in_router iptables-legacy -t mangle -A FORWARD -m conntrack "$@" -m comment --comment "rule-$((++number))-" || fail "rule $*"; }
hits() { in_router iptables-legacy -t mangle -nvxL FORWARD | awk -v c="rule-$1-" 'index($0, c) { print $1 }'; }
number=0
ct_load
ct_sysctl udp_timeout 150
ct_sysctl udp_timeout_stream 150
rule --ctproto udp						# 1
rule --ctproto tcp						# 2
rule --ctorigsrc $C4 --ctorigdst $S4				# 3
rule --ctorigsrcport 5000 --ctorigdstport 6000			# 4
rule --ctreplsrc $S4 --ctrepldst $C4 --ctreplsrcport 6000	# 5
rule --ctdir ORIGINAL						# 6
rule --ctdir REPLY						# 7
rule --ctstatus SEEN_REPLY					# 8
rule --ctstatus CONFIRMED					# 9
# Of a first packet's entry, which is in no table yet, the match takes a span of time for a point in time: what it says depends on the uptime.
rule --ctstatus CONFIRMED --ctexpire 100:200			# 10
rule --ctstatus CONFIRMED --ctexpire 20:30			# 11
in_server socat UDP4-LISTEN:6000,fork EXEC:cat &
check "server listens" wait_for 5 listening $SERVER udp 6000
for _ in 1 2; do check_equal "echo" "$(ask $CLIENT udp4 $S4 6000 sourceport=5000)" hello; done
for want in "1 4" "2 0" "3 4" "4 4" "5 4" "6 2" "7 2" "8 3" "9 3" "10 3" "11 0"; do
	check_equal "hits of rule ${want% *}" "$(hits ${want% *})" "${want#* }"
done
