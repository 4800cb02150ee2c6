#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# SECMARK and CONNSECMARK, and nft's secmark: a connection keeps its first packet's security context, shows it, and gives it to later packets.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
# The context must be one that the kernel's security module knows without a policy of ours: AppArmor's default, or SELinux's own.
for context in unconfined kernel ""; do
	[ -n "$context" ] || skip "no security module here knows a context: boot with AppArmor or SELinux"
	in_router iptables-legacy -t mangle -A PREROUTING -i rc -p udp --dport 53 -j SECMARK --selctx $context 2>/dev/null && break
done
say "context: $context"
in_router iptables-legacy -t mangle -A PREROUTING -j CONNSECMARK --save || fail "CONNSECMARK --save"
in_router iptables-legacy -t mangle -A PREROUTING -j CONNSECMARK --restore || fail "CONNSECMARK --restore"
check "CONNSECMARK belongs into mangle or security only" not in_router iptables-legacy -t filter -A FORWARD -j CONNSECMARK --save 2>/dev/null
rules_nft <<-END
	table ip t {
		secmark theirs { "$context" }
		chain p {
			type filter hook prerouting priority 0;
			udp dport 55 meta secmark set "theirs"
			udp dport 55 ct secmark set meta secmark
			udp sport 55 meta secmark set ct secmark
		}
	}
END
# No match tells a packet's mark, but it stays on the packet on its way to the next namespace, where a connection can take it over.
for ns in $CLIENT $SERVER; do
	ip netns exec $ns iptables-legacy -t mangle -A PREROUTING -j CONNSECMARK --save || fail "CONNSECMARK in $ns"
done
for port in 53 54 55; do serve $SERVER udp4 $port; done
for port in 53 55; do
	check "answer" [ -n "$(ask $CLIENT udp4 $S4 $port sourceport=4000)" ]
	check "in the router's row for $port" ct_row_matches "dport=$port .* secctx=$context "
	check "the packet had it at the server" ct_row_matches "dport=$port .* secctx=$context " $SERVER
	check "the answer at the client" ct_row_matches "dport=$port .* secctx=$context " $CLIENT
done
check "conntrack shows it too" grep -q "dport=53 .* secctx=$context " <(in_router conntrack -L 2>/dev/null)
check "answer" [ -n "$(ask $CLIENT udp4 $S4 54 sourceport=4000)" ]
for ns in $CLIENT $ROUTER $SERVER; do check "another connection has none" no_row_matches "dport=54 .* secctx=" $ns; done

# A security module is asked for the text only when somebody looks; the event comes when the connection gets its mark.
in_router timeout 30 stdbuf -oL conntrack -E -p udp >events 2>/dev/null &
listens() { in_router cat /proc/net/netlink | awk '$2 == 12 && $4 != "00000000" { found = 1 } END { exit !found }'; }
check "conntrack -E listens" wait_for 10 listens
check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4001)" ]
check "an event names it" wait_for 10 grep -q "sport=4001 dport=53 .*secctx=$context" events
