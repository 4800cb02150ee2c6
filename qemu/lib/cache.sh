# SPDX-License-Identifier: GPL-2.0-only
# The cache outside the checkout, where fetched and built things live; sourced by the scripts.
#
#   kernels/<release>/        a stock kernel: vmlinuz, vmlinux, lib/modules/<release>
#   source/<name>-<version>/  linux-source unpacked
#   testkernels/<name>/       config, build tree, image, lib/modules
#   initramfs/, runs/         what qemu/vm makes

NFCT_CACHE=${NFCT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/conntrackpp}
mkdir -p "$NFCT_CACHE"

say() { echo "${0##*/}: $*" >&2; }
die() { echo "${0##*/}: $*" >&2; exit "${DIE_STATUS:-1}"; }

# The name of what stdin describes: same inputs, same name.
input_hash() { sha256sum | cut -c1-12; }

# The installed version of a Debian package, empty if it is not installed.
package_version() { dpkg-query -W -f='${Version}' "$1" 2>/dev/null; }

# Runs the rest of the script alone: a second run waits until the first has filled the cache.
lock_cache() {
	mkdir -p "$NFCT_CACHE/locks"
	exec 9>"$NFCT_CACHE/locks/$1"
	flock -n 9 || { say "waiting for another run that makes $1"; flock 9; }
}

# Keeps the newest $2 entries that match the pattern $1, so that the cache does not grow for ever.
prune_cache() {
	# shellcheck disable=SC2012,SC2086 # our own names, without blanks
	ls -dt $1 2>/dev/null | tail -n +$(($2 + 1)) | xargs -r rm -rf
}

# build_progress LOG STEP: copies what make says into LOG, and tells on stderr how far it is and what it warns about.
build_progress() {
	local line n=0
	while IFS= read -r line; do
		echo "$line"
		case $line in
		"  CC "*|"  CXX "*|"  LD "*|"  AR "*|"  AS "*) n=$((n + 1)); [ $((n % $2)) != 0 ] || say "$n objects";;
		*warning:*|*WARNING:*) echo "$line" >&2;;
		esac
	done >"$1"
}
