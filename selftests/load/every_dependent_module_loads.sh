#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every module of this kernel that depends on conntrack loads on it while traffic flows, and all of them unload again.
# time-limit: 400
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

mapfile -t modules < <(dependents)
# Test kernels have fewer than Debian's.
least=60
[ "${NFCT_DBG:-0}" = 0 ] || least=50
check "modules.dep names ${#modules[@]} dependents" [ ${#modules[@]} -gt $least ]

topology
track
serve $SERVER tcp4 80
hold_open $CLIENT $S4 80
check "data" say_on_held before
ip netns exec $CLIENT ping -q -i0.1 $S4 >pings &
ping=$!

modprobe -a "${modules[@]}" 2>refused
missing=
for module in "${modules[@]}"; do [ -d /sys/module/$module ] || missing+=" $module"; done
[ -z "$missing" ] || { cat refused; fail "not loaded:$missing"; }
ok "all are loaded: ${modules[*]}"
lsmod | awk '$1 == "nf_conntrack" { print "users of nf_conntrack: " $3 }'
check "data with all of them loaded" say_on_held during
check_equal "answer to a new connection" "$(ask $CLIENT tcp4 $S4 80 sourceport=4000)" "server $C4 4000 80"

# All that no rule uses go away under the same connection; xt_conntrack stays for the rules.
unused_are_gone() {
	ct_users_unload
	local module
	for module in "${modules[@]}"; do [ $module = xt_conntrack ] || [ ! -d /sys/module/$module ] || return 1; done
}
check "all but the one in use unload" wait_for 20 unused_are_gone
check "data after that" say_on_held after
check "the connection is still tracked" ct_row_matches "tcp .* ESTABLISHED .* dport=80 .*\[ASSURED\]"
let_go
kill -INT $ping
wait $ping
grep -E 'packets transmitted' pings
check "no ping was lost" grep -qE ' 0(\.0*)?% packet loss' pings
check_equal "INVALID packets" "$(state_count INVALID 4)" 0
untrack
check "conntrack itself unloads" ct_unload
