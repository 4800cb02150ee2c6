#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A module parameter out of range or not a number makes the load fail, and leaves nothing behind; one that is unknown is ignored.
# time-limit: 120
. "$SELFTESTS/lib.sh"

value() { cat "/sys/module/nf_conntrack/parameters/$1"; }

# refused "ERROR TEXT" parameter=value...
refused() {
	local wanted=$1 said
	shift
	if said=$(MODPROBE_OPTIONS="" modprobe nf_conntrack "$@" 2>&1); then
		fail "'$*' was accepted"
	fi
	case $said in *"$wanted"*) ;; *) fail "'$*' was refused with '$said', wanted '$wanted'" ;; esac
	check "'$*' is refused: $wanted" not ct_is_loaded
	check "'$*' leaves no slab" wait_for 3 slab_is_gone
	[ ! -e /proc/net/nf_conntrack ] || fail "'$*' left /proc/net/nf_conntrack"
	[ ! -e /proc/sys/net/netfilter/nf_conntrack_max ] || fail "'$*' left sysctls"
}

# accepted "hashsize expect_hashsize acct max expect_max" parameter=value...
accepted() {
	local wanted=$1 got
	shift
	modprobe nf_conntrack "$@" || fail "'$*' was refused"
	got="$(value hashsize) $(value expect_hashsize) $(value acct) $(cat /proc/sys/net/netfilter/nf_conntrack_{max,expect_max} | xargs)"
	check_equal "'$*'" "$got" "$wanted"
	check "unload" ct_unload
}

ct_load || fail "cannot load"
EXPECTATIONS=yes	# those have a table of their own; it may not be there yet
[ "$NFCT_IMPL" = stock ] || [ -e /proc/net/nf_conntrack_expect ] || EXPECTATIONS=
DEFAULT=$(value hashsize)
EXPECT=$(value expect_hashsize)
MAX=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
check "unload" ct_unload

for parameter in hashsize ${EXPECTATIONS:+expect_hashsize}; do
	refused "Invalid argument" $parameter=-1
	refused "Numerical result out of range" $parameter=4294967296
	refused "Cannot allocate memory" $parameter=4294967295
	refused "Cannot allocate memory" $parameter=1000000000
done
refused "Invalid argument" hashsize=abc
refused "Invalid argument" expect_hashsize=
refused "Invalid argument" hashsize=5x
refused "Numerical result out of range" hashsize=99999999999999999999999999
refused "Invalid argument" hashsize
for parameter in acct tstamp enable_hooks; do
	refused "Invalid argument" $parameter=2
	refused "Invalid argument" $parameter=maybe
done

accepted "$DEFAULT $EXPECT N $MAX $((DEFAULT / 256 * 4))" hashsize=0 expect_hashsize=0 nosuch=1
accepted "512 $EXPECT N 4096 8" hashsize=1
accepted "5120 $EXPECT Y 40960 80" hashsize=5000 acct=yes
accepted "512 $EXPECT N 4096 8" hashsize=10 hashsize=20
[ -z "$EXPECTATIONS" ] || accepted "$DEFAULT $EXPECT N $MAX 4" expect_hashsize=1 acct=0
