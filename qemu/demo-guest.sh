# SPDX-License-Identifier: GPL-2.0-only
# The demo inside the guest: client - router - server in network namespaces, real programs, the live table.
set -u
here=$(dirname "$(readlink -f "$0")")
T=$(mktemp -d)
failed=0

heading() { printf '\n== %s\n' "$*"; }
show() { echo "\$ $*"; "$@" 2>&1 | sed 's/^/  /'; }
expect() {	# expect TEXT COMMAND...: the demo fails if a thing that it shows does not work
	local text=$1; shift
	if "$@" >"$T/out" 2>&1; then echo "  ok: $text"; else echo "  FAILED: $text"; tail -5 "$T/out" | sed 's/^/    /'; failed=1; fi
}
client() { ip netns exec client "$@"; }
router() { ip netns exec router "$@"; }
server() { ip netns exec server "$@"; }

# The table's news, from watch_start to watch_stop.
watch_start() { rm -f "$T/stop"; router python3 "$here/demo-watch.py" "$T/stop" & watcher=$!; sleep 0.8; }
watch_stop() { touch "$T/stop"; wait $watcher; }

# A link's delay makes the states of a handshake long enough to see.
delay() {
	local dev
	for dev in to-client to-server; do
		router tc qdisc del dev $dev root 2>/dev/null
		[ "$1" = 0 ] || router tc qdisc add dev $dev root netem delay "$1"
	done
}

heading "kernel $(uname -r), module $([ "$DEMO_STOCK" = 1 ] && echo "of the kernel itself" || echo "ours")"
modprobe -a nf_conntrack || exit 1
dmesg | grep -i 'conntrack' | tail -3 | sed 's/^/  /'
if [ "$(modinfo -F intree nf_conntrack)" = Y ]; then origin="built with the kernel"; else origin="built out of the kernel's tree"; fi
echo "  $(modinfo -n nf_conntrack): $origin"

heading "three network namespaces"
cat <<'M'

   client 10.0.1.2 ------ 10.0.1.1 router 10.0.2.1 ------ 10.0.2.2 server
         fd00:1::2        fd00:1::1       fd00:2::1       fd00:2::2

M
for n in client router server; do ip netns add $n; ip -n $n link set lo up; done
for n in client router server; do ip netns exec $n sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0; done
ip link add eth0 netns client type veth peer name to-client netns router
ip link add eth0 netns server type veth peer name to-server netns router
address() { ip -n "$1" addr add "$3" dev "$2"; ip -n "$1" addr add "$4" dev "$2" nodad; ip -n "$1" link set "$2" up; }
address client eth0 10.0.1.2/24 fd00:1::2/64
address server eth0 10.0.2.2/24 fd00:2::2/64
address router to-client 10.0.1.1/24 fd00:1::1/64
address router to-server 10.0.2.1/24 fd00:2::1/64
for v in "client 1" "server 2"; do
	set -- $v
	ip -n "$1" route add default via "10.0.$2.1"
	ip -n "$1" -6 route add default via "fd00:$2::1"
done
router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
router sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 2>/dev/null

heading "a firewall on the router: the client may open connections, the server may only answer"
firewall=none
# Ours may lack what nft_ct needs; trying would fill the kernel log.
nft_ct_can_load() { [ "$(modinfo -F intree nf_conntrack)" = Y ] || grep -qa __ksymtab_nf_ct_expect_init "$(modinfo -n nf_conntrack)"; }
if nft_ct_can_load && modprobe -q nft_ct && router nft -f - <<'N' 2>"$T/err"
table inet demo {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established counter accept
		ct state related counter accept
		ct state new iifname "to-client" counter accept
		ct state invalid counter drop
		counter drop
	}
}
N
then firewall=nftables
elif modprobe -q xt_conntrack; then
	firewall=iptables
	for t in iptables ip6tables; do
		router $t -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT &&
		router $t -A FORWARD -m conntrack --ctstate RELATED -j ACCEPT &&
		router $t -A FORWARD -m conntrack --ctstate NEW -i to-client -j ACCEPT &&
		router $t -A FORWARD -m conntrack --ctstate INVALID -j DROP &&
		router $t -A FORWARD -j DROP || firewall=none
	done
fi
rules() {
	case $firewall in
	nftables) show router nft list table inet demo;;
	iptables) show router iptables -nvL FORWARD; show router ip6tables -nvL FORWARD;;
	none)     echo "  neither nft_ct nor xt_conntrack loads on this module yet: tracking without rules";;
	esac
}
if [ $firewall = none ]; then
	# Without a rule that asks for tracking, the parameter switches it on, in namespaces made from now on.
	echo "  no rules possible: tracking is switched on by the parameter enable_hooks instead"
	modprobe -r nf_conntrack && modprobe nf_conntrack enable_hooks=1
fi
rules
router sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_tcp_timeout_time_wait=4 \
	net.netfilter.nf_conntrack_icmp_timeout=4 net.netfilter.nf_conntrack_icmpv6_timeout=4

heading "services on the server: HTTP, iperf3, something like DNS"
mkdir "$T/www"
head -c 500000 /dev/urandom >"$T/www/file"
server busybox httpd -p 80 -h "$T/www"
server busybox httpd -p "[::]:8080" -h "$T/www" 2>/dev/null
server iperf3 -s -D >/dev/null
server socat UDP6-RECVFROM:53,fork,reuseaddr EXEC:'/bin/cat' 2>/dev/null &
sleep 0.5
client ping -c1 -W5 10.0.2.2 >/dev/null
client ping -c1 -W5 fd00:2::2 >/dev/null
echo "  up"

heading "ping"
watch_start
expect "ping IPv4" client ping -c2 -i0.3 -W5 10.0.2.2
expect "ping IPv6" client ping -c2 -i0.3 -W5 fd00:2::2
watch_stop

heading "an HTTP download over a slow line (300 ms each way): watch the handshake"
delay 300ms
watch_start
expect "download IPv4" client curl -sS --max-time 30 -o "$T/got4" http://10.0.2.2/file
expect "what arrived is what was sent" cmp "$T/got4" "$T/www/file"
delay 0
expect "download IPv6, without the delay" client curl -sS --max-time 30 -o "$T/got6" "http://[fd00:2::2]:8080/file"
sleep 5
watch_stop

heading "questions and answers over UDP, as DNS does; port 5353 answers nobody"
watch_start
query() { echo "demo.example" | client timeout 5 socat -t 2 - "$1" | grep -q demo; }
expect "question IPv4" query UDP4:10.0.2.2:53
expect "question IPv6" query "UDP6:[fd00:2::2]:53"
echo anyone | client timeout 2 socat -t 0.2 - UDP4:10.0.2.2:5353 2>/dev/null
watch_stop

heading "traceroute: its errors belong to connections, so the rule for RELATED lets them through"
expect "traceroute IPv4 reaches the server" bash -c 'ip netns exec client traceroute -n -q1 -w2 -m3 10.0.2.2 | tee /dev/stderr | grep -q "^ 2  10.0.2.2"'
sed 's/^/    /' "$T/out"
expect "traceroute IPv6 reaches the server" bash -c 'ip netns exec client traceroute -6 -n -q1 -w2 -m3 fd00:2::2 | tee /dev/stderr | grep -q "^ 2  fd00:2::2"'
sed 's/^/    /' "$T/out"

heading "iperf3"
for to in "10.0.2.2" "fd00:2::2"; do
	expect "iperf3 to $to" client iperf3 -c $to -t 3 -f m
	grep receiver "$T/out" | sed 's/^/    /'
done

if [ $firewall != none ]; then
	heading "the server tries to open a connection to the client"
	client busybox httpd -p 81 -h "$T/www"
	blocked() { ! server curl -sS --max-time 2 -o /dev/null http://10.0.1.2:81/file; }
	expect "the firewall drops it" blocked
	rules
fi

heading "/proc/net/nf_conntrack as it is now, in the kernel's own words"
show router cat /proc/net/nf_conntrack
echo "  entries: $(router cat /proc/sys/net/netfilter/nf_conntrack_count) of $(router cat /proc/sys/net/netfilter/nf_conntrack_max)"

heading "/proc/net/stat/nf_conntrack, added up over the processors"
router python3 - <<'P'
rows = open("/proc/net/stat/nf_conntrack").read().split("\n")
names = rows[0].split()
values = [[int(v, 16) for v in row.split()] for row in rows[1:] if row]
total = {n: sum(c) for n, c in zip(names, zip(*values))}
total["entries"] = values[0][0]
print("  " + ", ".join(f"{n} {v}" for n, v in total.items() if v))
P
[ -r /proc/net/stat/nf_conntrack_invalid ] && show router cat /proc/net/stat/nf_conntrack_invalid

heading "cleaning up: the namespaces go, the module unloads"
for n in client router server; do ip netns pids $n | xargs -r kill 2>/dev/null; done
wait 2>/dev/null
for n in client router server; do ip netns del $n; done
unload() {
	local i
	for i in $(seq 50); do
		modprobe -rq nft_ct; modprobe -rq xt_conntrack; modprobe -rq nf_conntrack
		[ -e /sys/module/nf_conntrack ] || return 0
		sleep 0.2
	done
	lsmod | grep conntrack
	return 1
}
expect "unloaded" unload
echo "\$ dmesg | grep conntrack"
dmesg | grep -i conntrack | sed 's/^/  /' | grep . || echo "  (the kernel's own module says nothing)"
[ $failed = 0 ] && echo && echo "All of it worked."
exit $failed
