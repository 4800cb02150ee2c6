# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two firewalls between client and server, alike in addresses, MACs and rules; conntrackd keeps their tables in sync over a link of its own.
#
# Only the active one's ports are up, so a fail-over needs no gratuitous ARP: the switches, a bridge in the client's and one in the
# server's namespace, flood until they have learnt. Rules let in new connections of the client only, and TCP is not picked up in the middle,
# so a firewall that does not know a connection drops it as INVALID.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

A=$NS-a B=$NS-b
ROUTER=$A

# firewalls CONNTRACKD-MODE-SECTION: the namespaces, rules and daemons; A is active.
firewalls() {
	local ns
	command -v conntrackd >/dev/null || skip "conntrackd is not installed"
	namespace $CLIENT $SERVER $A $B || fail "cannot make namespaces"
	switch_in $CLIENT $C4
	switch_in $SERVER $S4
	ip -n $CLIENT route add default via $RC4
	ip -n $SERVER route add default via $RS4
	ip link add sync netns $A type veth peer name sync netns $B || fail "cannot make veth"
	for ns in $A $B; do
		ip link add rc address 02:00:5e:00:01:01 netns $ns type veth peer name "c${ns#"$NS-"}" netns $CLIENT || fail "cannot make veth"
		ip link add rs address 02:00:5e:00:01:02 netns $ns type veth peer name "s${ns#"$NS-"}" netns $SERVER || fail "cannot make veth"
		ip -n $CLIENT link set "c${ns#"$NS-"}" master switch up
		ip -n $SERVER link set "s${ns#"$NS-"}" master switch up
		ip -n $ns -batch - <<-END
			addr add $RC4/24 dev rc
			addr add $RS4/24 dev rs
			link set sync up
		END
		ip netns exec $ns sysctl -qw net.ipv4.ip_forward=1
		firewall_rules $ns
		ct_sysctl tcp_loose 0 $ns
	done
	ip -n $A addr add 10.0.9.1/24 dev sync
	ip -n $B addr add 10.0.9.2/24 dev sync
	modprobe nf_conntrack_netlink || fail "nf_conntrack_netlink"
	daemon $A 10.0.9.1 10.0.9.2 "$1"
	daemon $B 10.0.9.2 10.0.9.1 "$1"
	ports $A up
}
switch_in() {
	ip -n "$1" link add switch type bridge forward_delay 0 mcast_snooping 0 || fail "cannot make a bridge"
	ip -n "$1" addr add "$2/24" dev switch
	ip -n "$1" link set switch up
}
# Answers that both directions of a connection carry its mark show that the mark moves with it.
firewall_rules() {
	ip netns exec "$1" iptables-legacy-restore <<-END || fail "iptables-legacy-restore"
		*nat
		-A POSTROUTING -o rs -p tcp -j SNAT --to-source $RS4:20000-29999
		-A POSTROUTING -o rs -p udp -j SNAT --to-source $RS4
		COMMIT
		*mangle
		-A PREROUTING -i rc -m conntrack --ctstate NEW -j CONNMARK --set-mark 7
		COMMIT
		*filter
		-A FORWARD -m conntrack --ctstate INVALID -m comment --comment invalid -j DROP
		-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -m connmark --mark 7 -j ACCEPT
		-A FORWARD -i rc -m conntrack --ctstate NEW -j ACCEPT
		-A FORWARD -j DROP
		COMMIT
	END
}
ports() { ip -n "$1" link set rc "$2" && ip -n "$1" link set rs "$2"; }

# daemon NAMESPACE OWN-ADDRESS PEER'S-ADDRESS MODE-SECTION
daemon() {
	local name=${1#"$NS-"}
	cat >"$name.conf" <<-END
		Sync {
			$4
			UDP {
				IPv4_address $2
				IPv4_Destination_Address $3
				Port 3780
				Interface sync
				Checksum on
			}
		}
		General {
			HashSize 1024
			HashLimit 4096
			LogFile $PWD/$name.log
			LockFile $PWD/$name.lock
			UNIX { Path $PWD/$name.sock }
			NetlinkBufferSize 2097152
			NetlinkBufferSizeMaxGrowth 8388608
			Filter From Kernelspace {
				Protocol Accept { TCP UDP }
				Address Ignore { IPv4_address 127.0.0.1 IPv4_address 10.0.9.1 IPv4_address 10.0.9.2 }
			}
		}
	END
	ip netns exec "$1" conntrackd -C "$name.conf" >"$name.out" 2>&1 &
	wait_for 10 tell "$1" -s >/dev/null || { cat "$name.out" "$name.log"; fail "conntrackd of $1 does not run"; }
}
# tell NAMESPACE OPTION...: its conntrackd.
tell() { ip netns exec "$1" conntrackd -C "${1#"$NS-"}.conf" "${@:2}" 2>&1; }
# knows NAMESPACE -i|-e EXTENDED-REGEX: the daemon's internal or external cache.
knows() { tell "$1" "$2" | grep -E -- "$3" >/dev/null; }
# told "what is expected" knows-arguments...: soon; if not, what the daemons know is part of the report.
told() {
	local what=$1; shift
	wait_for 10 "$@" && { ok "$what"; return; }
	for ns in $A $B; do for cache in -i -e; do echo "cache $cache of $ns:"; tell "$ns" $cache; done; tell "$ns" -s; cat "${ns#"$NS-"}".*log; done
	fail "$what"
}
invalid_at() { ip netns exec "$1" iptables-legacy -nvxL FORWARD | awk '/\/\* invalid/ { print $1 }'; }
some_invalid_at() { [ "$(invalid_at "$1")" -gt 0 ]; }

# What the fail-over scripts of conntrackd do: to become active, commit what the other has told, and tell the other in turn.
becomes_active() {
	tell "$1" -c || { cat "${1#"$NS-"}.log"; fail "commit at $1"; }
	tell "$1" -f && tell "$1" -R && tell "$1" -B || fail "conntrackd of $1"
}
becomes_standby() { tell "$1" -t && tell "$1" -n || fail "conntrackd of $1"; }
