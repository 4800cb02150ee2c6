#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The cluster match hands each connection to exactly one of two nodes, in both directions.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
for node in 1 2; do
	in_router iptables-legacy -t mangle -A PREROUTING -i rc -m cluster --cluster-total-nodes 2 --cluster-local-node $node --cluster-hash-seed 0xdeadbeef -m comment --comment "node$node" || fail cluster
done
for n in $(seq 3 8); do ip -n $CLIENT addr add 10.0.1.$n/24 dev cr; done
serve $SERVER udp4 53
packets() { echo $(($(rule_packets node1 mangle PREROUTING) + $(rule_packets node2 mangle PREROUTING))); }
for n in $(seq 2 8); do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 bind=10.0.1.$n:4000)" ]; done
check_equal "packets at one node or the other" "$(packets)" 7
check "both have some" [ "$(rule_packets node1 mangle PREROUTING)" -gt 0 -a "$(rule_packets node2 mangle PREROUTING)" -gt 0 ]
before=$(rule_packets node1 mangle PREROUTING)
for _ in 1 2; do ask $CLIENT udp4 $S4 53 bind=10.0.1.2:4000 >/dev/null; done
after=$(rule_packets node1 mangle PREROUTING)
check "a connection stays at its node" [ $((after - before)) = 0 -o $((after - before)) = 2 ]
