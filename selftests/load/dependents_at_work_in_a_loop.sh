#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Round after round: all dependents load, several are at work at once on living connections, their rules go, all unload, conntrack too.
# time-limit: 600
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

rounds=${NFCT_STRESS_LOOPS:-2}
mapfile -t modules < <(dependents)

round() {
	topology
	modprobe -a "${modules[@]}" || fail "modprobe"
	in_router sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
	# NAT, a helper, a timeout policy, a mark, a flow table and a limit, on three connections.
	rules_nft <<-END
		table ip t {
			flowtable ft { hook ingress priority 0; devices = { rc, rs }; }
			ct helper ftp { type "ftp" protocol tcp; }
			ct timeout short {
				protocol tcp
				policy = { established : 100 }
			}
			chain pre { type filter hook prerouting priority 0; tcp dport 21 ct helper set "ftp"; tcp dport 80 ct timeout set "short"; }
			chain forward {
				type filter hook forward priority 0;
				ct state invalid drop
				tcp dport 80 ct count over 20 drop
				ct state new ct mark set 0x7
				tcp dport 80 ct state established flow add @ft
			}
			chain there { type nat hook prerouting priority -100; ip daddr 10.0.9.9 dnat to $S4; }
			chain back { type nat hook postrouting priority 100; oifname "rs" masquerade; }
		}
	END
	in_router conntrack -E >events 2>/dev/null &
	local listener=$!
	serve $SERVER tcp4 80
	serve $SERVER tcp4 21
	serve $SERVER udp4 53
	hold_open $CLIENT 10.0.9.9 80
	check "translated both ways" grep -q "^server $RS4 " held.out
	check "data" say_on_held offloaded
	check_equal "answer over UDP" "$(ask $CLIENT udp4 10.0.9.9 53 sourceport=5300)" "server $RS4 5300 53"
	check "answer over a connection that a helper watches" [ -n "$(ask $CLIENT tcp4 10.0.9.9 21)" ]
	check "its helper" wait_for 5 in_router_lists "dport=21 .*helper=ftp"
	check "rows by netlink" wait_for 5 in_router_lists "dst=10.0.9.9 .*dport=80 .*mark=7"
	check_equal "an entry deleted by netlink" "$(in_router conntrack -D -p udp 2>/dev/null | wc -l)" 1
	kill $listener
	wait $listener 2>/dev/null
	check "somebody heard of it" grep -q 'DESTROY.*udp' events
	# The rules go while the connection lives, and all that no rule uses goes after them.
	in_router nft flush ruleset
	check "all dependents unload under a living connection" wait_for 20 all_but_conntrack_are_gone
	let_go
	disown -a # what still runs ends with its namespace, without a word from the shell
	remove_namespaces
	check "conntrack unloads" ct_unload
	check "its slab is gone" wait_for 5 slab_is_gone
}
in_router_lists() { in_router conntrack -L 2>/dev/null | grep -qE "$1"; }
all_but_conntrack_are_gone() {
	ct_users_unload
	local module
	for module in "${modules[@]}"; do [ ! -d "/sys/module/$module" ] || return 1; done
}

for n in $(seq "$rounds"); do
	say "round $n of $rounds, ${#modules[@]} dependents"
	round
done
