# SPDX-License-Identifier: GPL-2.0-only
# Process 1 of the guest: sets up the system, runs the job, leaves its results, and always powers off.
#
# Runs under busybox sh. /run/vmout is shared with the host; qemu/vm has put these in it: job (what to run),
# modules (the directory for /lib/modules/<release>), replaced (modules that take a stock one's place), mode.
# The file rc comes last: without it the run has failed, whatever else is there.
B=/run/busybox O=/run/vmout
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 TERM=${TERM:-dumb} USER=root LOGNAME=root SHELL=/bin/bash

# ---- file systems
ln -s /proc/self/fd /dev/fd 2>/dev/null
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
mkdir -p /dev/pts /dev/shm /run/netns /run/user
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
# The host's module options and blacklists are not ours to inherit.
mount -t tmpfs none /etc/modprobe.d 2>/dev/null
$B hostname vm

# ---- modules: the kernel's own tree, with ours laid over the stock file of the same name
release=$(uname -r)
mkdir -p "/lib/modules/$release" 2>/dev/null
mount --bind "$(cat $O/modules)" "/lib/modules/$release"
while read -r file target; do
	mount --bind "$O/$file" "/lib/modules/$release/$target" || echo "vm: finding: cannot replace $target" >/dev/kmsg
done <$O/replaced

# ---- a kernel that hangs or is unwell must say so
for setting in kernel.unknown_nmi_panic=1 kernel.watchdog_thresh=30 kernel.softlockup_panic=1 kernel.panic_on_rcu_stall=1 \
	kernel.hung_task_timeout_secs=180 kernel.hung_task_panic=1 kernel.panic_print=64; do
	file=/proc/sys/$(echo "${setting%%=*}" | $B tr . /)
	[ -e "$file" ] && echo "${setting#*=}" >"$file"
done
echo 300 >/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout 2>/dev/null
$B ip link set lo up
$B dmesg -n 7

# ---- the job
shell=/bin/bash
[ -x $shell ] || shell="$B sh"
read -r up _ </proc/uptime
echo "$up" >$O/started
if [ "$(cat $O/mode)" = interactive ]; then
	$B dmesg -n 4
	$B setsid -c $shell $O/job </dev/ttyS0 >/dev/ttyS0 2>&1
	rc=$?
else
	port=
	for p in /sys/class/virtio-ports/*; do
		[ "$(cat "$p/name" 2>/dev/null)" = vm.out ] && port=/dev/${p##*/}
	done
	$B mkfifo /run/out.fifo
	$B cat /run/out.fifo >"${port:-$O/stdout}" &
	copier=$!
	echo "<6>vm: job starts" >/dev/kmsg
	$B setsid $shell $O/job </dev/null >/run/out.fifo 2>&1
	rc=$?
	# What the job left running may hold the pipe open: do not wait for ever.
	i=0
	while kill -0 $copier 2>/dev/null && [ $i -lt 20 ]; do $B sleep 0.05; i=$((i + 1)); done
fi
read -r up _ </proc/uptime
echo "$up" >$O/ended

# ---- what the checkers of a debug kernel know only when asked
if [ -e /proc/lockdep_stats ] && ! grep -q 'debug_locks: *1' /proc/lockdep_stats; then
	echo "<3>vm: finding: lockdep has switched itself off" >/dev/kmsg
fi
leaks=/sys/kernel/debug/kmemleak
if [ -e $leaks ] && [ "$(cat $O/mode)" = leakcheck ]; then
	# An object must be some seconds old, and unreferenced in two scans, to count.
	$B sleep 5
	echo scan >$leaks
	echo scan >$leaks
	cat $leaks >$O/kmemleak
	if [ -s $O/kmemleak ]; then
		echo "<3>vm: finding: kmemleak reports $(grep -c '^unreferenced object' $O/kmemleak) objects" >/dev/kmsg
		while read -r line; do echo "<3>vm: $line" >/dev/kmsg; done <$O/kmemleak
	fi
fi

cat /proc/sys/kernel/tainted >$O/taint
$B dmesg >$O/dmesg 2>/dev/null
echo $rc >$O/rc.tmp
mv $O/rc.tmp $O/rc
echo "<6>vm: job ended with $rc" >/dev/kmsg
$B poweroff -f
