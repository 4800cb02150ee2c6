#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nf_nat unloads and comes back while translated connections are open; entries without translation stay, conntrack goes on.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
track $ROUTER 4
rules_nft <<-END
	table ip nat {
		chain post { type nat hook postrouting priority srcnat; oifname rs tcp dport 80 masquerade; }
	}
END
serve $SERVER tcp4 80
serve $SERVER tcp4 81
for port in $(seq 4000 4009); do ask $CLIENT tcp4 $S4 80 sourceport=$port >/dev/null; done
hold_open $CLIENT $S4 80 sourceport=5000
check "translated" ct_row_matches "tcp .* dst=$RS4 sport=80 dport=5000 "
in_router nft delete table ip nat
nat_is_gone() { modprobe -r nft_masq nft_chain_nat nf_nat 2>/dev/null; [ ! -d /sys/module/nf_nat ]; }
check "nf_nat unloads" wait_for 10 nat_is_gone
check "no translated entry is left" wait_for 5 no_row_matches "tcp .* dst=$RS4 "
check_equal "connections are still tracked" "$(ask $CLIENT tcp4 $S4 81 sourceport=4020)" "server $C4 4020 81"
check "row" ct_row_matches "tcp .* src=$S4 dst=$C4 sport=81 dport=4020 "
rules_nft <<-END
	table ip nat {
		chain post { type nat hook postrouting priority srcnat; oifname rs tcp dport 80 masquerade; }
	}
END
check_equal "translated again" "$(ask $CLIENT tcp4 $S4 80 sourceport=4030)" "server $RS4 4030 80"
kill $HELD
