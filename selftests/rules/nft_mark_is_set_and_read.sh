#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct mark: set by the first packet, read by all others, shown in the table, copied to the packet's own mark.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		counter marked {}; counter copied {}; counter other {}
		chain p {
			type filter hook prerouting priority mangle;
			ct state new udp dport 53 ct mark set 0x1234
			meta mark set ct mark
		}
		chain f {
			type filter hook forward priority 0;
			ct mark 0x1234 counter name marked
			meta mark 0x1234 counter name copied
			ct mark 0 counter name other
			udp dport 54 ct mark set ct mark and 0xff00 or 0x7
		}
	}
END
serve $SERVER udp4 53
serve $SERVER udp4 54
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]; done
check_counters "ip t" marked=4 copied=4 other=0
check "row shows the mark" ct_row_matches "udp .* sport=4000 .* mark=4660 "
check "answer" [ -n "$(ask $CLIENT udp4 $S4 54 sourceport=4001)" ]
check "row shows the computed mark" ct_row_matches "udp .* sport=4001 .* mark=7 "
