# SPDX-License-Identifier: GPL-2.0-only
# The frequency of the host's time stamp counter, measured once for each start of the host; sourced by qemu/vm.

# Prints kHz, or nothing where it cannot be measured (no compiler): the guest then measures for itself.
tsc_khz() {
	local program=$NFCT_CACHE/tsc-khz file source=${BASH_SOURCE[0]%/*}/tsc-khz.c
	file=$program-$(cut -c1-8 /proc/sys/kernel/random/boot_id)
	if [ ! -s "$file" ]; then
		gcc -O1 -o "$program.$$" "$source" 2>/dev/null && "$program.$$" >"$file.$$" && mv "$file.$$" "$file"
		rm -f "$program.$$" "$file.$$"
	fi
	cat "$file" 2>/dev/null
}
