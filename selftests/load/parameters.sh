#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Module parameters: names, defaults, permissions, and what each does when given at load.
. "$SELFTESTS/lib.sh"

P=/sys/module/nf_conntrack/parameters
ct_load
# Ours are auto_buckets and buckets_in_use.
if [ "$NFCT_IMPL" = ours ]; then auto="auto_buckets " in_use="buckets_in_use "; fi
check_equal "names" "$(cd $P && echo *)" "acct ${auto-}${in_use-}expect_hashsize hashsize tstamp"
check_equal "permissions" "$(cd $P && stat -c '%n=%a' -- * | tr '\n' ' ')" \
	"acct=644 ${auto+auto_buckets=644 buckets_in_use=444 }expect_hashsize=400 hashsize=600 tstamp=644 "
check_equal "acct" "$(cat $P/acct)" N
check_equal "tstamp" "$(cat $P/tstamp)" N
check_equal "hashsize" "$(cat $P/hashsize)" "$(cat /proc/sys/net/netfilter/nf_conntrack_buckets)"
check_equal "aliases" "$(modinfo -F alias nf_conntrack | sort | tr '\n' ' ')" "ip_conntrack nf_conntrack-10 nf_conntrack-2 "
check_equal "dependencies" "$(modinfo -F depends nf_conntrack | tr , '\n' | grep -v '^libcrc32c$' | sort | tr '\n' ' ')" "nf_defrag_ipv4 nf_defrag_ipv6 "
check_equal "documented parameters" "$(modinfo -F parm nf_conntrack | sed 's/:.*//' | sort | tr '\n' ' ')" "acct ${auto-}${in_use-}enable_hooks expect_hashsize tstamp "
check "licence is GPL" sh -c 'modinfo -F license nf_conntrack | grep -q ^GPL'

check "unload" ct_unload
ct_load hashsize=4096 acct=1 tstamp=1 expect_hashsize=1024
check_equal "hashsize=4096" "$(cat /proc/sys/net/netfilter/nf_conntrack_buckets)" 4096
check_equal "a size that is given means eight entries a bucket" "$(cat /proc/sys/net/netfilter/nf_conntrack_max)" 32768
check_equal "expect_hashsize=1024" "$(cat $P/expect_hashsize)" 1024
check_equal "expect_max" "$(cat /proc/sys/net/netfilter/nf_conntrack_expect_max)" 4096
check_equal "acct=1 is the default of the initial namespace" "$(cat /proc/sys/net/netfilter/nf_conntrack_acct)" 1
check_equal "tstamp=1" "$(cat /proc/sys/net/netfilter/nf_conntrack_timestamp)" 1
namespace $NS-1
check_equal "acct=1 is the default of a new namespace" "$(ct_sysctl_get acct $NS-1)" 1
check_equal "tstamp=1 there" "$(ct_sysctl_get timestamp $NS-1)" 1

check "unload" ct_unload
ct_load hashsize=1000
check_equal "hashsize=1000 is rounded up to a page of buckets" "$(cat /proc/sys/net/netfilter/nf_conntrack_buckets)" 1024
check_equal "maximum" "$(cat /proc/sys/net/netfilter/nf_conntrack_max)" 8192

check "unload" ct_unload
for alias in nf_conntrack-2 nf_conntrack-10 ip_conntrack; do
	modprobe $alias
	check "alias $alias loads it" ct_is_loaded
	check "unload" ct_unload
done
