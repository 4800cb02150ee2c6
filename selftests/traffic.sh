# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Servers that say whom they see, and clients that ask them: what tests of address translation need on top of lib.sh.

# serve NAMESPACE tcp4|tcp6|udp4|udp6 PORT [NAME]: answers each connection or datagram with "NAME peer-address peer-port own-port".
# A TCP connection then echoes. Waits until the server listens.
serve() {
	local ns=$1 proto=$2 port=$3 name=${4:-server} how=LISTEN tail='; cat'
	# shellcheck disable=SC2016 # socat's shell expands it
	local says='echo '$name' $SOCAT_PEERADDR $SOCAT_PEERPORT '$port
	case $proto in udp*) how=RECVFROM tail=;; esac
	local address=${proto^^}-$how:$port,fork
	case $proto in tcp*) address+=,reuseaddr;; *6) address+=,ipv6only=1;; esac
	ip netns exec "$ns" socat "$address" SYSTEM:"$says$tail" 2>/dev/null &
	wait_for 10 listening "$ns" "${proto%[46]}" "$port" || fail "no server on $proto port $port"
}
# serve_on NAMESPACE ADDRESS PORT NAME: a TCP server for one of several addresses of a namespace.
serve_on() {
	# shellcheck disable=SC2016
	ip netns exec "$1" socat "TCP4-LISTEN:$3,bind=$2,fork,reuseaddr" SYSTEM:'echo '"$4"' $SOCAT_PEERADDR $SOCAT_PEERPORT '"$3"'; cat' 2>/dev/null &
	wait_for 10 listening_on "$1" "$2" "$3" || fail "no server on $2 port $3"
}
listening_on() { ip netns exec "$1" ss -Hlnt "src $2 and sport = :$3" | grep -q .; }

# ask NAMESPACE tcp4|tcp6|udp4|udp6 HOST PORT [SOCAT-OPTION...]: the server's answer, empty if none came.
ask() {
	local ns=$1 proto=$2 host=$3 port=$4 option options='' from pid line=; shift 4
	for option; do options+=,$option; done
	case $proto in *6) host="[$host]";; esac
	# A TCP server ends the conversation itself, however slow it is; nobody tells that there will be no second datagram.
	case $proto in
	tcp*) echo hello | ip netns exec "$ns" timeout 60 socat -t30 -T60 - "${proto^^}:$host:$port$options,connect-timeout=5" 2>/dev/null | head -1;;
	udp*)
		exec {from}< <(exec ip netns exec "$ns" timeout 60 socat -t5 -T10 - "${proto^^}:$host:$port$options" <<<hello 2>/dev/null)
		pid=$!
		read -r -u "$from" line && echo "$line"
		exec {from}<&-
		kill $pid 2>/dev/null
		wait $pid
		return 0;;
	esac
}
# asking which fails is known after a short time: for packets that must not get through.
no_answer() {
	local proto=$2 host=$3
	case $proto in *6) host="[$host]";; esac
	! echo hello | ip netns exec "$1" timeout 10 socat -t1 -T1 - "${proto^^}:$host:$4$(case $proto in tcp*) echo ,connect-timeout=1;; esac)" 2>/dev/null | grep -q .
}

# hold_open NAMESPACE HOST PORT [SOCAT-OPTION...]: opens a TCP connection and keeps it until let_go; say_on_held sends a line on it.
hold_open() {
	local ns=$1 host=$2 port=$3 option options=; shift 3
	for option; do options+=,$option; done
	rm -f held.in held.out
	mkfifo held.in
	ip netns exec "$ns" socat -t3 - "TCP4:$host:$port$options" <held.in >held.out 2>/dev/null &
	HELD=$!
	exec 7>held.in
	wait_for 10 test -s held.out || fail "no connection to $host port $port"
}
say_on_held() { echo "$1" >&7; wait_for 10 grep -q "^$1\$" held.out; }
# Closing the pipe alone is no end: what the test has started meanwhile holds it as well.
let_go() { exec 7>&-; kill "$HELD"; wait "$HELD" 2>/dev/null; return 0; }

# rules_nft [NAMESPACE]: nft commands from stdin.
rules_nft() { ip netns exec "${1:-$ROUTER}" nft -f - || fail "nft"; }
# counter_packets TABLE NAME: a named counter's packets; TABLE is "FAMILY NAME".
counter_packets() {
	# shellcheck disable=SC2086
	in_router nft list counter $1 "$2" | awk '$1 == "packets" { print $2 }'
}
# check_counters "FAMILY TABLE" NAME=PACKETS...: named nft counters.
check_counters() {
	local table=$1 want; shift
	for want; do check_equal "packets of ${want%=*}" "$(counter_packets "$table" "${want%=*}")" "${want#*=}"; done
}
# rule_packets COMMENT [TABLE [CHAIN]]: packets that hit the iptables rule with that comment.
rule_packets() {
	in_router iptables-legacy -t "${2:-filter}" -nvxL "${3:-FORWARD}" | awk -v c="/* $1 */" 'index($0, c) { print $1 }'
}
# switch_ports: client and server in one network, 10.0.0.0/16; their other ends, rc and rs, are up in the router without addresses.
switch_ports() {
	namespace $CLIENT $ROUTER $SERVER || fail "cannot make namespaces"
	ip link add rc netns $ROUTER type veth peer name cr netns $CLIENT || fail "cannot make veth"
	ip link add rs netns $ROUTER type veth peer name sr netns $SERVER || fail "cannot make veth"
	ip -n $CLIENT -batch - <<-END
		addr add $C4/16 dev cr
		addr add fd00:1::2/16 dev cr nodad
		link set cr up
	END
	ip -n $SERVER -batch - <<-END
		addr add $S4/16 dev sr
		addr add fd00:2::2/16 dev sr nodad
		link set sr up
	END
	ip -n $ROUTER link set rc up
	ip -n $ROUTER link set rs up
}
