#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft synproxy answers for the server and joins both halves: sequence numbers are adjusted through a whole download.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
rules_nft <<-END
	table ip t {
		chain raw { type filter hook prerouting priority raw; iifname rc tcp flags & (fin|syn|rst|ack) == syn notrack; }
		chain f {
			type filter hook forward priority 0;
			iifname rc meta l4proto tcp ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
			ct state invalid drop
		}
	}
END
. "$SELFTESTS/synproxy/between_two_ends.sh"
