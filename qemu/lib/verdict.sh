# SPDX-License-Identifier: GPL-2.0-only
# Reads a guest's kernel log and says whether the kernel stayed sound; sourced by qemu/vm and qemu/uml.

# Lines after which the kernel cannot be trusted any more.
FATAL='Kernel panic|Oops: |BUG: unable|general protection fault|kernel BUG at|Kernel mode fault'

# Lines that make a run fail even where the kernel goes on and the test itself passes. Most of the checkers only
# print: lockdep and suspicious RCU at the level of a warning, kmemleak and KCSAN without touching the test.
FINDINGS="$FATAL"'|BUG: |BUG [a-zA-Z0-9_-]+ \(|WARNING: |UBSAN: |INFO: possible |INFO: trying to register'
FINDINGS+='|possible (circular|recursive) locking|inconsistent lock state|suspicious RCU usage|bad unlock balance'
FINDINGS+='|sleeping function called|scheduling while atomic|held lock freed|lock held when returning|ODEBUG: '
FINDINGS+='|kmemleak: [0-9]+ new suspected|refcount_t: |list_(add|del) corruption|soft lockup|rcu.*(stall|self-detected)'
FINDINGS+='|blocked for more than|unregister_netdevice: waiting for|ref_tracker: |[Ss]lab cache still has objects'
FINDINGS+='|Objects remaining in|stack guard page|Unknown symbol|disagrees about version of symbol|vm: finding: '

# Lists that the kernel itself walks without what lockdep wants to see, whoever tracks connections: the mutex that protects them is not named
# in the walk (nf_tables' flow tables and small sets, under the commit mutex).
KNOWN='(nf_tables_api|nft_set_bitmap)\\.c:[0-9]+ RCU-list traversed in non-reader section'

# without_known: a log from stdin, less the first line of the reports about those.
without_known() {
	awk -v known="$KNOWN" '{ line[NR] = $0 }
		END { for (i = 1; i <= NR; i++) {
			skip = 0
			if (line[i] ~ /WARNING: suspicious RCU usage/) for (j = i + 1; j <= i + 4; j++) if (line[j] ~ known) skip = 1
			if (!skip) print line[i]
		} }'
}

# findings LOG [ALLOWED]: the lines found, without those that match ALLOWED; status 0 if there are any.
findings() {
	local log=$1 allowed=${2:-}
	if [ -n "$allowed" ]; then without_known <"$log" | grep -aE "$FINDINGS" | grep -avE "$allowed"; else without_known <"$log" | grep -aE "$FINDINGS"; fi
}

# show_finding LOG [ALLOWED]: the first one with what follows it, for a reader.
show_finding() {
	local line
	line=$(findings "$1" "${2:-}" | head -1)
	[ -n "$line" ] && grep -aF -A45 -m1 -- "$line" "$1"
}
