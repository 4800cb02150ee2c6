#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same addresses and ports in two namespaces are two entries, each seen in its own namespace only; one namespace's end leaves the other's.
. "$SELFTESTS/lib.sh"

# In each namespace a datagram to the namespace's own address, always with the same ports.
namespace $NS-1 $NS-2 || fail "namespaces"
ct_load
for n in 1 2; do
	ip -n $NS-$n addr add 10.9.9.9/32 dev lo
	track $NS-$n 4
	echo x | ip netns exec $NS-$n socat -u - UDP4-SENDTO:10.9.9.9:53,sourceport=5353
done
for n in 1 2; do
	check "row in namespace $n" wait_row "udp .* src=10.9.9.9 dst=10.9.9.9 sport=5353 dport=53 " $NS-$n
	check_equal "rows with this port in namespace $n" "$(ct_rows $NS-$n | grep -c 'sport=5353 dport=53 ')" 1
done
check_equal "rows in the initial namespace" "$(grep -c . /proc/net/nf_conntrack)" 0
two=$(ct_count $NS-2)
ip netns del $NS-1
check "the other namespace keeps its row" ct_row_matches "sport=5353 dport=53 " $NS-2
check_equal "and its count" "$(ct_count $NS-2)" "$two"
