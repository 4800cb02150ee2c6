#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the selftests inside a virtual machine, as root, one subprocess each, and prints the results as KTAP.
#
# usage: run.sh [--list] [--dbg] [TEST...]
#   TEST     name such as tcp/handshake_states, a folder such as tcp, or a glob such as 'tcp/*rst*'; default: all
#   --list   names and purposes only
#   --dbg    test kernel (KASAN, lockdep, kmemleak): longer time limits, a kmemleak scan after the last test of each folder
# environment:
#   NFCT_IMPL=stock|ours   which module modprobe finds (default: asked of modinfo; the kernel's own is "intree")
#   NFCT_STRESS_SECONDS=N  how long stress/everything_at_once goes on
#   NFCT_FORGIVEN=RE       lines of the kernel log that are no complaint
#   NFCT_KEEP_GOING=0      stop at the first failure
#   NFCT_SECOND_TRY=1      a test that fails is run once more, and the report says so: emulated time is not always kind. Not one that
#                          leaves the kernel unwell: a complaint, a leak or a module that stays is a failure at once
#
# A test passes if it exits 0, and is skipped if it exits 4 (its reason: the last line "SKIP: ..."). Whatever it says itself,
# it has failed if the kernel log shows a complaint, or if afterwards the module does not unload.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
export SELFTESTS=$HERE PYTHONPATH=$HERE
export PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8
if [ -z "${NFCT_IMPL:-}" ]; then
	if [ "$(modinfo -F intree nf_conntrack 2>/dev/null)" = Y ]; then NFCT_IMPL=stock; else NFCT_IMPL=ours; fi
fi
export NFCT_IMPL
# shellcheck source=lib.sh
. "$HERE/lib.sh"
# shellcheck source=../qemu/lib/verdict.sh
. "$HERE/../qemu/lib/verdict.sh"

MODE=run
DBG=0
WANTED=()
for arg; do
	case $arg in
	--list) MODE=list ;;
	--dbg) DBG=1 ;;
	-*) sed -n '3,20s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	*) WANTED+=("$arg") ;;
	esac
done

all_tests() {
	find "$HERE" -mindepth 2 -maxdepth 2 -type f -perm -u+x \( -name '*.sh' -o -name '*.py' \) -printf '%P\n' | LC_ALL=C sort
}

# Names without their suffix are what people type and what the report shows.
selected_tests() {
	local file name want
	all_tests | while read -r file; do
		name=${file%.*}
		[ ${#WANTED[@]} -eq 0 ] && { echo "$file"; continue; }
		for want in "${WANTED[@]}"; do
			want=${want%.sh} want=${want%.py} want=${want%/}
			# shellcheck disable=SC2053 # the right side is a pattern on purpose
			if [[ $name == $want || $name == $want/* || (${name#*/} == $want && ! -d $HERE/$want) ]]; then echo "$file"; break; fi
		done
	done
}

# A test's purpose is the first comment sentence after the SPDX line.
purpose() { sed -n '3{s/^# \{0,1\}//;s/^"""//;p;q}' "$HERE/$1"; }

mapfile -t TESTS < <(selected_tests)
if [ $MODE = list ]; then
	for t in "${TESTS[@]}"; do printf '%-55s %s\n' "${t%.*}" "$(purpose "$t")"; done
	exit 0
fi
[ "$(id -u)" = 0 ] || { echo "run.sh: must be root, in a virtual machine" >&2; exit 2; }
[ ${#TESTS[@]} -gt 0 ] || { echo "run.sh: no test matches: ${WANTED[*]}" >&2; exit 2; }

LIMIT=180
[ $DBG = 1 ] && LIMIT=600
export NFCT_DBG=$DBG
WORK=$(mktemp -d /run/nfct-selftests.XXXXXX)
export NFCT_TMP=$WORK/tmp

COMPLAINT='WARNING:|BUG:|BUG |Oops|INFO: (possible|suspicious|trying|rcu)|suspicious RCU|KASAN|KCSAN|UBSAN|KFENCE|kmemleak: [0-9]+ new|general protection|refcount_t|still has objects|Objects remaining|unregister_netdevice: waiting|blocked for more than|stall|scheduling while atomic|sleeping function|bad page|list_(add|del) corruption'

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }
seconds() { printf '%d.%01d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }
diag() { sed 's/^/# /'; }

log_mark() { LOG_MARK="nfct-selftest $$ $RANDOM: $1"; echo "$LOG_MARK" >/dev/kmsg; }
# Whether anything after the mark looks like a complaint; mostly nothing does.
complains() { dmesg | awk -v m="$LOG_MARK" -v re="$COMPLAINT" 'seen && $0 ~ re { found = 1 } index($0, m) { seen = 1 } END { exit !found }'; }
log_since_mark() { dmesg | awk -v m="$LOG_MARK" 'seen { print } index($0, m) { seen = 1 }'; }

kmemleak_scan() {
	local file=/sys/kernel/debug/kmemleak
	[ $DBG = 1 ] && [ -w $file ] || return 0
	echo scan >$file 2>/dev/null
	grep -q . $file || return 0
	echo "kmemleak:"
	head -60 $file
	echo clear >$file
	return 1
}

# aftermath last|-: what every test must leave behind: a quiet kernel log, no namespace, a module that unloads; after the last of a folder
# no leak. Prints what is not so.
aftermath() {
	local bad=0
	remove_namespaces || { echo "namespaces could not be removed"; bad=1; }
	if ! ct_unload; then
		echo "module did not unload:"
		lsmod | grep -E 'nf_|xt_|nft_|ip_tables|ip6_tables'
		bad=1
	fi
	[ "$1" != last ] || kmemleak_scan || bad=1
	if complains && log_since_mark | without_known | grep -aE "$COMPLAINT" | grep -qavE "${NFCT_FORGIVEN:-^$}"; then
		echo "kernel log:"
		log_since_mark | tail -80
		bad=1
	fi
	if [ -r /proc/lockdep_stats ] && ! grep -q 'debug_locks: *1' /proc/lockdep_stats; then
		echo "lockdep has switched itself off"
		bad=1
	fi
	return $bad
}

run_one() {
	local file=$1 limit=$LIMIT own
	own=$(sed -n 's/^# time-limit: *\([0-9]*\).*/\1/p' "$HERE/$file" | head -1)
	[ -n "$own" ] && limit=$((own * LIMIT / 180))
	limit=$((limit + 2 * ${NFCT_STRESS_SECONDS:-0}))
	mkdir -p "$NFCT_TMP"
	(cd "$NFCT_TMP" && exec timeout -k 5 "$limit" "$HERE/$file" </dev/null >"$WORK/output" 2>&1)
}

# attempt FILE last|-: runs the test and looks at what it leaves; sets status (99: it passed, but left the kernel unwell) and after.
attempt() {
	run_one "$1"
	status=$?
	if ! after=$(aftermath "$2") && { [ $status = 0 ] || [ $status = 4 ]; }; then status=99; fi
	rm -rf "$NFCT_TMP"
}

echo "KTAP version 1"
echo "1..${#TESTS[@]}"
echo "# module: $NFCT_IMPL, kernel $(uname -r)$([ $DBG = 1 ] && echo ', debug')"
echo "# file: $(modinfo -n nf_conntrack) $(modinfo -F intree nf_conntrack | sed 's/Y/(intree)/')"
export MODPROBE_OPTIONS=-q
remove_namespaces
ct_unload || { echo "Bail out! nf_conntrack is in use before the first test"; exit 1; }
number=0 passed=0 failed=0 skipped=0 failures=()
start=$(now_ms)
for file in "${TESTS[@]}"; do
	name=${file%.*}
	number=$((number + 1))
	log_mark "$name"
	t0=$(now_ms)
	next=${TESTS[number]:-}
	last=-
	[ "${next%/*}" = "${file%/*}" ] || last=last
	attempt "$file" $last
	again=""
	if [ "${NFCT_SECOND_TRY:-0}" = 1 ] && [ -z "$after" ] && [ $status != 0 ] && [ $status != 4 ]; then
		echo "# $name, first attempt, exit $status:"
		tail -30 "$WORK/output" | diag
		again="at the second attempt "
		attempt "$file" $last
	fi
	t1=$(now_ms)
	case $status in
	0) result=ok note=$again passed=$((passed + 1)) ;;
	4) result=ok note="SKIP $(sed -n 's/^SKIP: //p' "$WORK/output" | tail -1) " skipped=$((skipped + 1)) ;;
	99) result="not ok" note="left the kernel unwell " ;;
	124 | 137) result="not ok" note="time limit " ;;
	*) result="not ok" note="exit $status " ;;
	esac
	if [ "$result" = ok ]; then
		[ -n "${NFCT_VERBOSE:-}" ] && diag <"$WORK/output"
	else
		failed=$((failed + 1))
		failures+=("$name")
		tail -120 "$WORK/output" | diag
		[ -n "$after" ] && echo "$after" | diag
	fi
	echo "$result $number $name # $note$(seconds $((t1 - t0)))"
	if [ "$result" != ok ] && [ "${NFCT_KEEP_GOING:-1}" = 0 ]; then break; fi
done

# The whole run leaves nothing behind either: the slab that held the connections is gone with the module.
final=""
log_mark "end of run"
remove_namespaces || final="namespaces left"
ct_unload || final="$final module left"
wait_for 5 slab_is_gone || final="$final slab nf_conntrack left"
kmemleak_scan >"$WORK/leaks" || { final="$final kmemleak"; diag <"$WORK/leaks"; }
rm -rf "$WORK"
[ -n "$final" ] && { failed=$((failed + 1)); echo "# end of run: $final"; }
for name in "${failures[@]}"; do echo "# failed: $name"; done
echo "# $passed passed, $failed failed, $skipped skipped, $(seconds $(($(now_ms) - start)))"
[ $failed = 0 ]
