#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Labels set by iptables' connlabel and by nft are seen by both, in both directions, and by connections that began after the first such rule.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
hits() { in_router iptables-legacy -t mangle -nvxL FORWARD | awk -v c="rule-$1-" 'index($0, c) { print $1 }'; }
mkdir -p /etc/xtables
printf '5 five\n64 sixtyfour\n127 last\n' | tee /etc/connlabel.conf >/etc/xtables/connlabel.conf
ct_load enable_hooks=1
number=0
rule() { in_router iptables-legacy -t mangle -A FORWARD "$@" -m comment --comment "rule-$((++number))-" || fail "rule $*"; }
in_server socat UDP4-LISTEN:6000,fork EXEC:cat &
check "server listens" wait_for 5 listening $SERVER udp 6000
echo_from() { ask $CLIENT udp4 $S4 6000 sourceport="$1"; }
check_equal "echo" "$(echo_from 5000)" hello
rule -m connlabel --label five --set -p udp --dport 6000		# 1
rule -m connlabel --label last						# 2
rule -m connlabel --label five						# 3
rule -m connlabel ! --label sixtyfour					# 4
in_router nft -f - <<-END || fail "nft ct label"
	table ip t {
		chain c {
			type filter hook forward priority -160;
			udp sport 6000 ct label set last
		}
	}
END
check_equal "echo" "$(echo_from 5000)" hello
check_equal "a connection from before has no room for labels" "$(hits 3)" 0
check_equal "echo" "$(echo_from 5001)" hello
check_equal "label 5, both directions" "$(hits 3)" 2
check_equal "label 127 since the answer" "$(hits 2)" 1
check_equal "echo" "$(echo_from 5001)" hello
check_equal "label 127 stays" "$(hits 2)" 3
check_equal "label 5 stays" "$(hits 3)" 4
check_equal "nobody has label 64" "$(hits 4)" 6
