#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts the module where modprobe finds it before the kernel's own, or takes it away again. Loads and unloads nothing.
#
# usage: scripts/install.sh install          (make install)
#        scripts/install.sh uninstall        (make uninstall; brings the kernel's own module back)
#        scripts/install.sh dkms-build KDIR  (called by DKMS, see dkms.conf)
# environment:
#   KVER           which kernel: 6.1, 6.12 or a full release. Without it: install: the running one; uninstall: all
#   DKMS=no        copy the module to /lib/modules/<release>/updates even though DKMS is there
#   MOD_SIGN_KEY, MOD_SIGN_CERT   sign the copy with these (PEM key, DER certificate)
#   SIGNED=1       install on a kernel that wants signatures without asking whether it knows the key
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
PATH=$PATH:/usr/sbin:/sbin
name=conntrackpp
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
# What DKMS needs of the sources.
package="COPYING Kbuild Makefile README.md dkms.conf include module scripts"

say() { echo "install: $*"; }
die() { echo "install: $*" >&2; exit 1; }
copy_of() { echo "/lib/modules/$1/updates/$name/nf_conntrack.ko"; }
# The file that modprobe would take; empty if there is none.
chosen() { modinfo -k "$1" -F filename nf_conntrack 2>/dev/null; }
has_dkms() { [ "${DKMS:-yes}" != no ] && command -v dkms >/dev/null; }
# "VERSION RELEASE STATE" of each of our entries, RELEASE - if it was only added.
dkms_entries() {
	command -v dkms >/dev/null || return 0
	dkms status -m $name 2>/dev/null | sed -nE "s|^$name/([^,: ]+), ([^, ]+), [^:]+: ([a-z]+).*|\1 \2 \3|p; s|^$name/([^,: ]+): ([a-z]+).*|\1 - \2|p"
}

# ---- which kernels
# Those of /lib/modules that KVER means, in whole components: 6.1 is no prefix of 6.12.
matching() {
	local release
	for release in $(cd /lib/modules 2>/dev/null && ls); do
		case $release in "$KVER"|"$KVER".*|"$KVER"-*|"$KVER"+*) echo "$release";; esac
	done
}
the_kernel() {	# the_kernel buildable|any
	local found
	if [ -z "${KVER:-}" ]; then found=$(uname -r); else found=$(matching); fi
	case $(wc -w <<<"$found") in
	0) die "KVER=$KVER: no such kernel in /lib/modules";;
	1) ;;
	*) die "KVER=$KVER is ambiguous:" $found;;
	esac
	[ "$1" = any ] || [ -d "/lib/modules/$found/kernel" ] || die "kernel $found is not installed here: no /lib/modules/$found/kernel"
	[ "$1" = any ] || [ -e "/lib/modules/$found/build/Makefile" ] || die "no headers for $found: apt-get install linux-headers-$found; for another kernel: make install KVER=<release>"
	echo "$found"
}

# ---- what must be so before anything is changed
check_root() { [ "$(id -u)" = 0 ] || die "only root can do this: nothing was changed"; }
check_tools() {	# check_tools KDIR
	local missing='' cc
	cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\).*/\1/p' "$1/.config" 2>/dev/null)
	cc=${cc##*linux-gnu-} cc=${cc:-gcc}
	command -v make >/dev/null || missing+=" make"
	command -v "$cc" >/dev/null || command -v gcc >/dev/null || missing+=" $cc"
	command -v "${cc/gcc/g++}" >/dev/null || command -v g++ >/dev/null || missing+=" ${cc/gcc/g++}"
	command -v pahole >/dev/null || missing+=" dwarves"
	command -v bpftool >/dev/null || missing+=" bpftool"
	command -v python3 >/dev/null || missing+=" python3"
	command -v strip >/dev/null || missing+=" binutils"
	command -v depmod >/dev/null || missing+=" kmod"
	[ -z "$missing" ] || die "to build the module these packages are missing: apt-get install$missing"
}
check_not_built_in() {
	! grep -qs '/nf_conntrack\.ko$' "/lib/modules/$1/modules.builtin" ||
		die "kernel $1 has nf_conntrack built in: no module can take its place. Nothing was changed"
}
# Why the kernel would refuse a module that is not signed; empty if it takes any.
wants_signatures() {
	local release=$1 secure
	grep -qs '^CONFIG_MODULE_SIG_FORCE=y' "/lib/modules/$release/build/include/config/auto.conf" && echo "CONFIG_MODULE_SIG_FORCE"
	secure=$(od -An -t u1 -j 4 -N 1 /sys/firmware/efi/efivars/SecureBoot-* 2>/dev/null | tr -d ' ')
	[ "$secure" = 1 ] && echo "Secure Boot is on"
	[ "$release" = "$(uname -r)" ] || return 0
	[ "$(cat /sys/module/module/parameters/sig_enforce 2>/dev/null)" = Y ] && echo "module.sig_enforce"
	grep -qs '\[\(integrity\|confidentiality\)\]' /sys/kernel/security/lockdown && echo "lockdown"
	return 0
}
check_signature() {
	local why
	why=$(wants_signatures "$1" | paste -sd, | sed 's/,/, /g')
	[ -n "$why" ] || return 0
	[ "${SIGNED:-}" != 1 ] || return 0
	if has_dkms; then
		mokutil --test-key /var/lib/dkms/mok.pub 2>/dev/null | grep -q 'already enrolled' && return 0
		die "kernel $1 loads signed modules only ($why), and does not know DKMS's key. Once: make one (dkms generate_mok, or any first DKMS
  build), enroll it (mokutil --import /var/lib/dkms/mok.pub), reboot and confirm it in the firmware's dialogue; then make install.
  SIGNED=1 installs without this check. Nothing was changed"
	fi
	[ -z "${MOD_SIGN_KEY:-}" ] || return 0
	die "kernel $1 loads signed modules only ($why): make install MOD_SIGN_KEY=<key> MOD_SIGN_CERT=<certificate>, with a certificate
  that was enrolled (mokutil --import). Nothing was changed"
}

# ---- after a change
# Debian's initramfs seldom holds nf_conntrack; where it does, the copy in it would be loaded at the next boot.
refresh_initramfs() {
	[ -e "/boot/initrd.img-$1" ] && command -v lsinitramfs >/dev/null || return 0
	lsinitramfs "/boot/initrd.img-$1" 2>/dev/null | grep -q '/nf_conntrack\.ko' || return 0
	say "the initramfs of $1 holds nf_conntrack: making it anew"
	update-initramfs -u -k "$1"
}
# What is loaded now stays: says so, for the running kernel.
tell_what_is_loaded() {	# tell_what_is_loaded RELEASE WHAT
	[ "$1" = "$(uname -r)" ] || return 0
	if [ ! -e /sys/module/nf_conntrack ]; then
		say "not loaded now; modprobe nf_conntrack, or whatever needs it, takes $2"
		return
	fi
	say "the nf_conntrack that is loaded stays loaded until the next boot; after it, $2."
	say "  To change over before: stop what uses it (lsmod | grep nf_conntrack), then modprobe -r nf_conntrack; modprobe nf_conntrack"
}

# ---- install
by_copy() {
	local release=$1 kdir=/lib/modules/$1/build file built
	file=$(copy_of "$release")
	"$top/scripts/build-module" "$kdir" "" "-j$(nproc)" || die "the build failed. Nothing was changed"
	built=$("$top/scripts/build-module" --where "$kdir")/nf_conntrack.ko
	mkdir -p "${file%/*}" || exit 1
	# Under another name until it is whole; depmod does not look at it.
	strip -g -o "$file.new" "$built" || { rm -f "$file.new"; die "strip failed"; }
	if [ -n "${MOD_SIGN_KEY:-}" ]; then
		"$kdir/scripts/sign-file" sha256 "$MOD_SIGN_KEY" "${MOD_SIGN_CERT:?}" "$file.new" || { rm -f "$file.new"; die "cannot sign the module. Nothing was changed"; }
	fi
	mv "$file.new" "$file" && depmod "$release" || die "depmod failed"
	[ "$(chosen "$release")" = "$file" ] && return
	remove_copy "$release"
	die "depmod prefers $(chosen "$release") to $file: see the search lines in /etc/depmod.d and files of that name in updates/. The copy was removed again"
}

by_dkms() {
	local release=$1 source=/usr/src/$name-$version old
	# Sources that changed without a new version: DKMS would go on with the old ones.
	while read -r old _; do dkms remove "$name/$old" --all >/dev/null </dev/null || exit 1; rm -rf "/usr/src/$name-$old"; done < <(dkms_entries | sort -u -k1,1)
	rm -rf "$source"
	mkdir -p "$source" || exit 1
	(cd "$top" && tar -c --exclude=__pycache__ $package) | tar -x -C "$source" --no-same-owner || die "cannot copy the sources to $source"
	if dkms add "$name/$version" && dkms build "$name/$version" -k "$release" && dkms install "$name/$version" -k "$release"; then
		remove_copy "$release"
		case $(chosen "$release") in /lib/modules/"$release"/updates/dkms/*) return;; esac
		echo "install: depmod prefers $(chosen "$release"): see the search lines in /etc/depmod.d and files of that name in updates/" >&2
	else
		tail -20 "/var/lib/dkms/$name/$version/build/make.log" >&2 2>/dev/null
	fi
	dkms remove "$name/$version" --all >/dev/null 2>&1
	rm -rf "$source"
	die "DKMS did not succeed; what it had done was taken back"
}

install() {
	local release
	check_root
	release=$(the_kernel buildable) || exit 1
	check_not_built_in "$release"
	check_tools "/lib/modules/$release/build"
	check_signature "$release"
	if has_dkms; then by_dkms "$release"; else by_copy "$release"; fi
	refresh_initramfs "$release"
	say "installed for $release: $(chosen "$release")"
	tell_what_is_loaded "$release" "conntrack++"
}

# ---- uninstall
remove_copy() {	# true if there was one
	local file
	file=$(copy_of "$1")
	[ -e "${file%/*}" ] || return 1
	rm -rf "${file%/*}"
	rmdir "/lib/modules/$1/updates" 2>/dev/null
	depmod "$1"
}

uninstall() {
	local releases release entry gone=''
	check_root
	releases=$(cd /lib/modules 2>/dev/null && ls)
	[ -z "${KVER:-}" ] || releases=$(the_kernel any) || exit 1
	while read -r entry release _; do
		if [ "$release" = - ]; then
			[ -n "${KVER:-}" ] || dkms remove "$name/$entry" --all >/dev/null </dev/null
		elif grep -qxF "$release" <<<"$releases"; then
			dkms remove "$name/$entry" -k "$release" </dev/null || die "DKMS cannot remove $name/$entry from $release"
			gone+=" $release"
		fi
		[ -n "$(dkms_entries | grep "^$entry ")" ] || rm -rf "/usr/src/$name-$entry"
	done < <(dkms_entries)
	for release in $releases; do
		if remove_copy "$release"; then gone+=" $release"; fi
	done
	[ -n "$gone" ] || { say "nothing of conntrack++ is installed"; return; }
	for release in $(tr ' ' '\n' <<<"$gone" | sort -u); do
		refresh_initramfs "$release"
		say "removed from $release; modprobe finds $(chosen "$release")"
		tell_what_is_loaded "$release" "the kernel's own"
	done
}

case ${1:-} in
install) install;;
uninstall) uninstall;;
dkms-build)
	check_tools "${2:?}"
	exec "$top/scripts/build-module" "$2" "$top/build/dkms" "-j$(nproc)";;
*) sed -n '3,13s/^# \{0,1\}//p' "$0" >&2; exit 2;;
esac
