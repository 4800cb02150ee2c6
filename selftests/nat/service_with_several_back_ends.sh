#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A service in the manner of Kubernetes: one address, three back ends by chance, marks for masquerade, affinity by connection.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
for n in 11 12 13; do ip -n $SERVER addr add 10.0.2.$n/24 dev sr; serve_on $SERVER 10.0.2.$n 8080 pod$n; done
in_router iptables-legacy-restore <<-END || fail "rules"
	*mangle
	:KEEP - [0:0]
	-A PREROUTING -j KEEP
	-A KEEP -m conntrack --ctstate ESTABLISHED -j RETURN
	COMMIT
	*nat
	:SERVICES - [0:0]
	:MARK-MASQ - [0:0]
	:POST - [0:0]
	:SVC-WEB - [0:0]
	:SEP-A - [0:0]
	:SEP-B - [0:0]
	:SEP-C - [0:0]
	-A PREROUTING -m comment --comment "service portals" -j SERVICES
	-A OUTPUT -m comment --comment "service portals" -j SERVICES
	-A POSTROUTING -j POST
	-A SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster address" -m tcp --dport 80 -j SVC-WEB
	-A MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
	-A POST -m mark ! --mark 0x4000/0x4000 -j RETURN
	-A POST -j MARK --set-xmark 0x4000/0x0
	-A POST -j MASQUERADE --random-fully
	-A SVC-WEB ! -s 10.0.1.128/25 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j MARK-MASQ
	-A SVC-WEB -m statistic --mode random --probability 0.33333333349 -j SEP-A
	-A SVC-WEB -m statistic --mode random --probability 0.50000000000 -j SEP-B
	-A SVC-WEB -j SEP-C
	-A SEP-A -p tcp -m tcp -j DNAT --to-destination 10.0.2.11:8080
	-A SEP-B -p tcp -m tcp -j DNAT --to-destination 10.0.2.12:8080
	-A SEP-C -p tcp -m tcp -j DNAT --to-destination 10.0.2.13:8080
	COMMIT
	*filter
	:FORWARD DROP [0:0]
	-A FORWARD -m conntrack --ctstate INVALID -j DROP
	-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	-A FORWARD -m conntrack --ctstate NEW,DNAT -j ACCEPT
	COMMIT
END
asked=0
every_back_end_answered() {
	ask $CLIENT tcp4 10.96.0.10 80 >>answers
	asked=$((asked + 1))
	[ "$(cut -d' ' -f1 answers | sort -u | grep -c pod)" = 3 ]
}
check "three back ends answer" wait_for 20 every_back_end_answered
check_equal "connections without an answer" "$(grep -vc "^pod1[123] $RS4 [0-9]* 8080\$" answers)" 0
check_equal "connections" "$(wc -l <answers)" $asked
check "row" ct_row_matches "tcp .* src=$C4 dst=10.96.0.10 sport=[0-9]+ dport=80 src=10.0.2.1[123] dst=$RS4 sport=8080 dport=[0-9]+ \[ASSURED\]"
ip -n $ROUTER route add default via $S4
check "the router itself uses the service" [ -n "$(ask $ROUTER tcp4 10.96.0.10 80)" ]
hold_open $CLIENT 10.96.0.10 80
# A connection keeps its back end although the rules have another by now.
in_router iptables-legacy -t nat -F SVC-WEB
check "an open connection outlives its rules" say_on_held again
check "a new one finds no service" no_answer $CLIENT tcp4 10.96.0.10 80
let_go
