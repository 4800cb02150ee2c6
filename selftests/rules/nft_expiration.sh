#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct expiration compares the time that an entry has left.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
ct_sysctl udp_timeout 100
ct_sysctl udp_timeout_stream 100
rules_nft <<-END
	table ip t {
		counter soon {}; counter later {}
		chain f {
			type filter hook forward priority 0;
			ct state established ct expiration 60s-110s counter name later
			ct state established ct expiration < 50s counter name soon
		}
	}
END
serve $SERVER udp4 53
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]; done
check_equal "none expires soon" "$(counter_packets "ip t" soon)" 0
check "packets of a confirmed entry expire later" [ "$(counter_packets "ip t" later)" = 3 ]
