#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Rules as Docker writes them: a published port, masquerade of the container network, isolation by state.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology		# the client is the container, the server the world outside
serve $CLIENT tcp4 8080
serve $CLIENT tcp4 8081
serve $SERVER tcp4 80
in_router iptables-legacy-restore <<-END || fail "rules"
	*nat
	:DOCK - [0:0]
	-A PREROUTING -m addrtype --dst-type LOCAL -j DOCK
	-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCK
	-A POSTROUTING -s 10.0.1.0/24 ! -o rc -j MASQUERADE
	-A DOCK ! -i rc -p tcp -m tcp --dport 8000 -j DNAT --to-destination $C4:8080
	COMMIT
	*filter
	:FORWARD DROP [0:0]
	:DOCK - [0:0]
	-A FORWARD -o rc -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	-A FORWARD -o rc -j DOCK
	-A FORWARD -i rc ! -o rc -j ACCEPT
	-A DOCK -d $C4/32 ! -i rc -o rc -p tcp -m tcp --dport 8080 -j ACCEPT
	COMMIT
END
check_equal "the world reaches the published port" "$(ask $SERVER tcp4 $RS4 8000 sourceport=4000)" "server $S4 4000 8080"
check_equal "the container reaches the world" "$(ask $CLIENT tcp4 $S4 80 sourceport=4001)" "server $RS4 4001 80"
check_equal "the host reaches its own published port" "$(ask $ROUTER tcp4 $RS4 8000 "bind=$RS4:4002")" "server $RS4 4002 8080"
check "the world does not reach the container otherwise" no_answer $SERVER tcp4 $C4 8081
