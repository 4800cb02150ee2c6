#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With enable_hooks=1 every namespace tracks, old ones and new ones, with no rule at all.
. "$SELFTESTS/lib.sh"

namespace $NS-1
ct_load enable_hooks=1
namespace $NS-2
for ns in $NS-1 $NS-2; do
	check "ping in $ns" ip netns exec $ns ping -q -c1 -W5 127.0.0.1
	check "IPv6 ping in $ns" ip netns exec $ns ping -q -c1 -W5 ::1
	check "entry in $ns" ct_row_matches "^ipv4 .* icmp .*src=127.0.0.1 dst=127.0.0.1 type=8 .*use=" $ns
	check "IPv6 entry in $ns" ct_row_matches "^ipv6 .* icmpv6 " $ns
done
remove_namespaces
check "module unloads" ct_unload
