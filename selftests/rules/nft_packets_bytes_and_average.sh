#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct packets, bytes and avgpkt read the accounting of each direction.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
ct_sysctl acct 1
rules_nft <<-END
	table ip t {
		counter third {}; counter octets {}; counter reply_octets {}; counter average {}; counter both {}
		chain f {
			type filter hook forward priority 0;
			ct original packets >= 3 counter name third
			ct original bytes 1028-2056 counter name octets
			ct reply bytes > 1028 counter name reply_octets
			ct original avgpkt 1028 counter name average
			ct packets > 5 counter name both
		}
	}
END
check "three pings" in_client ping -q -c3 -i0.2 -W5 -s1000 $S4
# Packets go request, reply, request...: each is counted before the rules see it.
check_counters "ip t" third=2 octets=4 reply_octets=3 average=6 both=1
check "row" ct_row_matches "icmp .* packets=3 bytes=3084 .* packets=3 bytes=3084 "
