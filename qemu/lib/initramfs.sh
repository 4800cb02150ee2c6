# SPDX-License-Identifier: GPL-2.0-only
# The small initramfs that mounts the host's root file system in the guest; sourced by qemu/vm.
#
# The host's / comes read-only over 9p, a tmpfs overlay above it takes the writes: the guest has every program of
# the host and can spoil nothing. The directory that the run shares with the guest is mounted at /run/vmout.

# What the guest must load before it can see the root. On a test kernel these are built in.
INITRAMFS_MODULES="virtio_pci virtio_console 9pnet_virtio 9p overlay"

# make_initramfs KERNEL_DIR RELEASE BUSYBOX -> prints the file
make_initramfs() {
	local kernel_dir=$1 release=$2 busybox=$3 key file tmp
	key=$({ cat "${BASH_SOURCE[0]}" "$kernel_dir/lib/modules/$release/modules.dep" "$busybox"; echo "$release"; } | input_hash)
	file=$NFCT_CACHE/initramfs/$release-$key.gz
	if [ ! -s "$file" ]; then
		mkdir -p "$NFCT_CACHE/initramfs"
		tmp=$(mktemp -d "$NFCT_CACHE/initramfs/tmp.XXXXXX") || return 1
		mkdir -p "$tmp"/{bin,dev,proc,sys,m,lower,rw,new}
		cp "$busybox" "$tmp/bin/busybox"
		initramfs_init "$kernel_dir" "$release" "$tmp" >"$tmp/init" || return 1
		chmod +x "$tmp/init"
		# A name of its own until it is whole: two runs may make it at once.
		(cd "$tmp" && find . | cpio -o -H newc --quiet | gzip -1) >"$tmp.gz" && mv "$tmp.gz" "$file"
		rm -rf "$tmp"
		prune_cache "$NFCT_CACHE/initramfs/$release-*.gz" 2
	fi
	echo "$file"
}

# Copies the modules and writes /init: load them, mount, hand over to guest-init.sh.
initramfs_init() {
	local kernel_dir=$1 release=$2 tmp=$3 module path
	cat <<-'I'
	#!/bin/busybox sh
	B=/bin/busybox
	give_up() { echo "vm: $*" >/dev/kmsg; $B poweroff -f; }
	$B mount -t proc proc /proc
	$B mount -t sysfs sys /sys
	$B mount -t devtmpfs dev /dev
	I
	for module in $INITRAMFS_MODULES; do
		modprobe -d "$kernel_dir" -S "$release" --show-depends "$module" 2>/dev/null | awk '$1 == "insmod" { print $2 }'
	done | awk '!seen[$0]++' | while read -r path; do
		cp "$path" "$tmp/m/"
		# shellcheck disable=SC2016
		echo "\$B insmod /m/${path##*/}"
	done
	cat <<-'I'
	over_9p=trans=virtio,version=9p2000.L,msize=512000
	$B mount -t 9p -o $over_9p,ro,cache=loose hostroot /lower || give_up "no root over 9p"
	$B mount -t tmpfs -o size=75% rw /rw
	$B mkdir /rw/upper /rw/work
	$B mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work root /new || give_up "no overlay"
	for m in dev proc sys; do $B mount --move /$m /new/$m; done
	$B mount -t tmpfs run /new/run
	$B mkdir /new/run/vmout /new/run/lock
	$B mount -t 9p -o $over_9p,cache=none out /new/run/vmout || give_up "no shared directory"
	$B cp /bin/busybox /new/run/busybox
	exec $B switch_root /new /run/busybox sh /run/vmout/guest-init.sh
	I
}
