#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# IPVS with net.ipv4.vs.conntrack=1: connections to a virtual service are tracked with the real server in their reply tuple.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

command -v ipvsadm >/dev/null || skip "no ipvsadm"
topology
modprobe ip_vs || skip "no ip_vs module"
modprobe ip_vs_rr || fail ip_vs_rr
track $ROUTER 4
ip -n $SERVER addr add 10.0.2.11/24 dev sr
ip -n $ROUTER addr add 10.0.1.100/32 dev rc
in_router sysctl -qw net.ipv4.vs.conntrack=1
in_router ipvsadm -A -t 10.0.1.100:80 -s rr || fail "virtual service"
in_router ipvsadm -a -t 10.0.1.100:80 -r $S4:8080 -m || fail "real server"
in_router ipvsadm -a -t 10.0.1.100:80 -r 10.0.2.11:8080 -m || fail "real server"
serve_on $SERVER $S4 8080 one
serve_on $SERVER 10.0.2.11 8080 two
check_equal "two connections, two servers" "$(for port in 4000 4001; do ask $CLIENT tcp4 10.0.1.100 80 sourceport=$port; done | cut -d' ' -f1 | sort | tr '\n' ' ')" "one two "
check "row of the first server" ct_row_matches "tcp .* src=$C4 dst=10.0.1.100 sport=400[01] dport=80 src=$S4 dst=$C4 sport=8080 dport=400[01] "
check "row of the second server" ct_row_matches "tcp .* src=$C4 dst=10.0.1.100 sport=400[01] dport=80 src=10.0.2.11 dst=$C4 sport=8080 dport=400[01] "
check_equal "INVALID packets" "$(state_count INVALID 4)" 0
in_router iptables-legacy -A FORWARD -m ipvs --ipvs --vport 80 -m comment --comment ipvs || fail "ipvs match"
in_router iptables-legacy -t nat -A POSTROUTING -m ipvs --vaddr 10.0.1.100 --vport 80 -j MASQUERADE || fail "masquerade"
check_equal "masqueraded as well" "$(ask $CLIENT tcp4 10.0.1.100 80 sourceport=4002 | cut -d' ' -f2)" "$RS4"
in_router ipvsadm -C
