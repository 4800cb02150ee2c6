#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What runs in the guest: loads nf_conntrack (whichever it is) and the feeder, plays commands, prints their rows.
#
# usage: guest.sh FEEDER-DIRECTORY MEETING FAMILY FLOWS "FEEDER-OPTIONS" COMMAND[*TIMES]...
# Before each command the modules are loaded anew, so that none begins with what another left; it is played TIMES times then. MEETING is a directory in
# which two guests wait for each other before each command, or - for one alone. Status 1 with a reason if anything fails.
set -u
dir=$1 meeting=$2 family=$3 flows=$4 options=$5
shift 5
fail() { echo "guest: $*"; exit 1; }

load() {
	modprobe nf_defrag_ipv4 && modprobe nf_defrag_ipv6 && insmod "$dir/nfct_bench_clock.ko" && modprobe nf_conntrack hashsize="$flows" &&
		modprobe nf_nat && modprobe nf_conntrack_netlink || fail "a module does not load"
	# shellcheck disable=SC2086 # several options
	insmod "$dir/nfct_bench.ko" $options || fail "the feeder does not load"
	sysctl -qw net.netfilter.nf_conntrack_max=4000000 net.netfilter.nf_conntrack_expect_max=4000 || fail "sysctl"
}
unload() { rmmod nfct_bench && modprobe -r nf_conntrack_netlink nf_nat nf_conntrack && rmmod nfct_bench_clock || fail "a module does not unload"; }

meet() {
	mkdir "$meeting/$1" 2>/dev/null || mkdir "$meeting/$1/both" 2>/dev/null || fail "$1: nobody to meet: the other guest has failed"
	for _ in $(seq 6000); do
		[ ! -d "$meeting/$1/both" ] || return 0
		[ -d "$meeting" ] || fail "$1: the other guest has failed"
		sleep 0.05
	done
	fail "$1: the other guest did not come in 5 minutes"
}

! grep -q "User Mode Linux" /proc/cpuinfo || insmod "$dir/nfct_bench_touch.ko" || fail "memory"

for word; do
	command=${word%\**} times=1
	[ "$command" = "$word" ] || times=${word##*\*}
	load
	# What loading leaves to be done is done by then.
	sleep 0.3
	[ "$meeting" = - ] || meet "$command"
	[ "$word" != "$1" ] || grep -s . /sys/module/nf_conntrack/parameters/* /proc/sys/net/netfilter/nf_conntrack_{acct,buckets,checksum,events,expect_max,max} | sed 's/^/# /'
	[ "$command" != elsewhere ] || ip netns add nfct_bench || fail "no second namespace"
	for n in $(seq "$times"); do
		# As many buckets as at first.
		[ "$n" = 1 ] || { cat /proc/nfct_bench && echo "$flows" >/sys/module/nf_conntrack/parameters/hashsize; } || fail "no second time"
		echo "$command $family $flows" >/proc/nfct_bench || fail "$command: the feeder refuses"
	done
	if [ "$command" = elsewhere ]; then
		ip netns del nfct_bench
		# Namespaces end in the background.
		for _ in $(seq 600); do
			grep -q . /proc/nfct_bench && break
			sleep 0.1
		done
	fi
	cat /proc/nfct_bench
	unload
done
