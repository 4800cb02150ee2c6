# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Helpers for selftests in shell: verdicts, waiting, the module, namespaces that run real programs, and reading the table.
#
# A test sources this file (". $SELFTESTS/lib.sh"), says what it expects with check/ok/fail/skip, and ends. Namespaces
# vanish by themselves at its end.

SELFTESTS=${SELFTESTS:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)}
NFCT_IMPL=${NFCT_IMPL:-stock}
NFCT_TMP=${NFCT_TMP:-/tmp}
NS=nfct			# every namespace's name starts so; the runner removes only those
CLIENT=$NS-c ROUTER=$NS-r SERVER=$NS-s
C4=10.0.1.2 S4=10.0.2.2 RC4=10.0.1.1 RS4=10.0.2.1
C6=fd00:1::2 S6=fd00:2::2 RC6=fd00:1::1 RS6=fd00:2::1
export MODPROBE_OPTIONS=-q

# ---- verdicts ------------------------------------------------------------------------------------------------------------
say() { echo "$*"; }
ok() { echo "ok: $*"; }
fail() {
	echo "FAIL: $*"
	local frame=1
	while [ "${BASH_SOURCE[frame]##*/}" = lib.sh ]; do frame=$((frame + 1)); done
	echo "in ${BASH_SOURCE[frame]##*/} line ${BASH_LINENO[frame - 1]}"
	if ip netns list 2>/dev/null | grep -q "^$ROUTER"; then echo "table of $ROUTER:"; ct_rows 2>/dev/null | head -20; fi
	exit 1
}
skip() { echo "SKIP: $*"; exit 4; }
# check "what is expected" command...: the command must succeed.
check() { local what=$1; shift; if "$@"; then ok "$what"; else fail "$what   [$*]"; fi; }
# check_equal "what" got wanted
check_equal() { if [ "$2" = "$3" ]; then ok "$1"; else fail "$1: got '$2', wanted '$3'"; fi; }
improvement_of_ours() { [ "$NFCT_IMPL" = ours ] || skip "improvement over stock: $*"; }

# ---- waiting -------------------------------------------------------------------------------------------------------------
# wait_for SECONDS command...: polls until the command succeeds. Limits are for hangs: a busy machine gets three times as long,
# the debug kernel ten times.
wait_for() {
	local limit=$(($1 * 3)) end; shift
	[ "${NFCT_DBG:-0}" = 1 ] && limit=$((limit * 3))
	end=$((SECONDS + limit + 1))
	until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.05; done
}
not() { ! "$@"; }
listening() { # listening NAMESPACE tcp|udp PORT
	ip netns exec "$1" ss -Hln"${2:0:1}" "sport = :$3" | grep -q .
}

# ---- the module ----------------------------------------------------------------------------------------------------------
# ct_load [parameter=value...]: which nf_conntrack.ko modprobe finds is the virtual machine's business.
ct_load() { modprobe nf_conntrack "$@"; }
# What modules.dep says depends on conntrack, as modprobe and lsmod spell it.
dependents() {
	grep -E '[ /]nf_conntrack\.ko(\.| |$)' "/lib/modules/$(uname -r)/modules.dep" | sed 's/:.*//; s,.*/,,; s/\.ko.*//; s/-/_/g' | grep -vx nf_conntrack | sort
}
ct_is_loaded() { [ -d /sys/module/nf_conntrack ]; }
# What may stand on conntrack at this point goes first, users before what they use. Not by `modprobe -r`, which would take nf_defrag_ipv6 along: that one waits a
# second for a timer of its own. (Programs are what costs time in an emulated machine, so this and what follows do with few.)
ct_unload() {
	local try
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ct_users_unload
		ct_is_loaded || return 0
		rmmod nf_conntrack 2>/dev/null
		ct_is_loaded || return 0
		sleep 0.$((try > 9 ? 9 : try))
	done
	return 1
}
# USERS gets who stands on a module, directly or on top of another, the latter first.
ct_holders() {
	local holder
	for holder in /sys/module/"$1"/holders/*; do
		[ -e "$holder" ] || continue
		ct_holders "${holder##*/}"
		USERS+=("${holder##*/}")
	done
}
# Removes the unused modules among those, and the companions of rules.
ct_users_unload() {
	local USERS=() lines line unused=" " users=() module
	ct_holders nf_conntrack
	mapfile -t lines </proc/modules
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2086 # name, size, uses
		set -- $line
		[ "$3" = 0 ] || continue
		unused+="$1 "
		case $1 in
		xt_* | nft_* | ipt_* | ip6t_* | iptable_* | ip6table_* | ebtable* | nf_conntrack_* | nf_nat* | nfnetlink_* | br_netfilter* | nf_tables* | sch_ingress* | cls_*)
			USERS+=("$1");;
		esac
	done
	for module in "${USERS[@]}"; do
		case $unused in *" $module "*) unused=${unused/ $module / } users+=("$module");; esac
	done
	[ ${#users[@]} = 0 ] || modprobe -r "${users[@]}" 2>/dev/null
	return 0
}
slab_objects() { awk '$1 ~ /^nf_conntrack(_short)?(_area)?$/ { n += $2 } END { print n }' /proc/slabinfo; }	# empty: there is no slab
slab_is_gone() { [ ! -d /sys/kernel/slab/nf_conntrack ] && [ -z "$(slab_objects)" ]; }

# ---- namespaces ----------------------------------------------------------------------------------------------------------
in_client() { ip netns exec $CLIENT "$@"; }
in_router() { ip netns exec $ROUTER "$@"; }
in_server() { ip netns exec $SERVER "$@"; }

# What still runs in them is killed.
remove_namespaces() {
	local name process pids=() names=()
	for name in /run/netns/$NS-*; do
		[ -e "$name" ] || continue
		names+=("${name##*/}")
		for process in /proc/[1-9]*; do
			[ ! "$process/ns/net" -ef "$name" ] || pids+=("${process#/proc/}")
		done
	done
	[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null
	[ ${#names[@]} = 0 ] || printf 'netns del %s\n' "${names[@]}" | ip -batch -
}
at_exit() { local status=$?; trap - EXIT; remove_namespaces; exit $status; }
[ "${0##*/}" = run.sh ] || trap at_exit EXIT

# namespace NAME...: plain namespaces with a working lo.
namespace() {
	local name
	make_namespaces "$@" || return 1
	for name; do ip -n "$name" link set lo up || return 1; done
}
# A tentative address would make the first second of each test a matter of luck: new namespaces take that setting from the first one.
make_namespaces() {
	echo 1 >/proc/sys/net/core/devconf_inherit_init_net && echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad &&
		printf 'netns add %s\n' "$@" | ip -batch -
}

# topology: client - router - server, IPv4 and IPv6, each with its own stack, the router forwards. No conntrack user yet.
topology() {
	make_namespaces $CLIENT $ROUTER $SERVER || fail "cannot make namespaces"
	ip -batch - <<-END || fail "cannot make veth"
		link add rc netns $ROUTER type veth peer name cr netns $CLIENT
		link add rs netns $ROUTER type veth peer name sr netns $SERVER
	END
	in_router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -n $CLIENT -batch - <<-END
		link set lo up
		addr add $C4/24 dev cr
		addr add $C6/64 dev cr nodad
		link set cr up
		route add default via $RC4
		route add default via $RC6
	END
	ip -n $ROUTER -batch - <<-END
		link set lo up
		addr add $RC4/24 dev rc
		addr add $RC6/64 dev rc nodad
		addr add $RS4/24 dev rs
		addr add $RS6/64 dev rs nodad
		link set rc up
		link set rs up
	END
	ip -n $SERVER -batch - <<-END
		link set lo up
		addr add $S4/24 dev sr
		addr add $S6/64 dev sr nodad
		link set sr up
		route add default via $RS4
		route add default via $RS6
	END
}

# ---- rules: the user of conntrack and the witness of its verdicts -----------------------------------------------------------
# track [NAMESPACE [4|6|46]]: count packets by conntrack state in mangle PREROUTING and OUTPUT, which also asks for the hooks.
track() {
	local ns=${1:-$ROUTER} families=${2:-46}
	case $families in *4*) track_rules | ip netns exec "$ns" iptables-legacy-restore || fail "iptables-legacy-restore";; esac
	case $families in *6*) track_rules | ip netns exec "$ns" ip6tables-legacy-restore || fail "ip6tables-legacy-restore";; esac
}
track_rules() {
	local chain state
	echo "*mangle"
	for chain in PREROUTING OUTPUT; do
		for state in NEW ESTABLISHED RELATED INVALID UNTRACKED; do
			echo "-A $chain -m conntrack --ctstate $state -m comment --comment count-$chain-$state"
		done
	done
	echo COMMIT
}
untrack() {
	local ns=${1:-$ROUTER} families=${2:-46}
	case $families in *4*) ip netns exec "$ns" iptables-legacy -t mangle -F;; esac
	case $families in *6*) ip netns exec "$ns" ip6tables-legacy -t mangle -F;; esac
}
# state_count STATE [4|6 [NAMESPACE [PREROUTING|OUTPUT]]]: packets seen in that state.
state_count() {
	local tool=iptables-legacy
	[ "${2:-4}" = 6 ] && tool=ip6tables-legacy
	ip netns exec "${3:-$ROUTER}" $tool -t mangle -nvxL "${4:-PREROUTING}" | awk -v c="count-${4:-PREROUTING}-$1" 'index($0, c " ") { print $1 }'
}

# ---- the table -------------------------------------------------------------------------------------------------------------
ct_rows() { ip netns exec "${1:-$ROUTER}" cat /proc/net/nf_conntrack; }
ct_count() { ip netns exec "${1:-$ROUTER}" cat /proc/sys/net/netfilter/nf_conntrack_count; }
# ct_row_matches EXTENDED-REGEX [NAMESPACE]: some row matches.
ct_row_matches() { ct_rows "${2:-$ROUTER}" | grep -qE -- "$1"; }
# wait_row EXTENDED-REGEX [NAMESPACE]: some row matches soon.
wait_row() { wait_for 5 ct_row_matches "$@"; }
no_row_matches() { ! ct_row_matches "$@"; }
# stat_sum FILE FIELD [NAMESPACE]: the field of /proc/net/stat/FILE, summed over the CPUs; fails if there is no such field.
stat_sum() {
	ip netns exec "${3:-$ROUTER}" cat "/proc/net/stat/$1" | awk -v field="$2" '
		function hex(s,  i, n) { for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return n }
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == field) column = i; next }
		field == "entries" { sum = hex($column); next } # no sum: each row repeats it
		{ sum += hex($column) }
		END { if (!column) exit 1; print sum + 0 }'
}
# ct_stat FIELD [NAMESPACE]: conntrack's own.
ct_stat() { stat_sum nf_conntrack "$@"; }
ct_sysctl() { ip netns exec "${3:-$ROUTER}" sh -c "echo $2 >/proc/sys/net/netfilter/nf_conntrack_$1"; }
ct_sysctl_get() { ip netns exec "${2:-$ROUTER}" cat "/proc/sys/net/netfilter/nf_conntrack_$1"; }
