# SPDX-License-Identifier: GPL-2.0-only
# How the kernel that looks for data races is run.

# Reports that are forgiven: words by which the kernel wakes its own tasks and timers (did the tick come, is the sleeper awake, did the file
# poll, is the processor idle), read without a mark while they are written. Nothing of conntrack's is in them, even where a packet of ours is on the stack.
KCSAN_FORGIVEN='data-race in (tick_nohz_handler / tick_nohz_idle_got_tick|do_nanosleep[^ ]* / hrtimer_wakeup|poll_schedule_timeout[^ ]* / pollwake|tmigr_cpu_activate / tmigr_handle_remote)'
# One access in 1000 is watched, not in 4000, and for a millisecond, not for 20 (in interrupts, where packets are) or 80 microseconds: an
# emulated processor is slow, and with the kernel's defaults a planted race went unseen through 50,000 packets.
KCSAN_OPTIONS=(-m 3G -k "kcsan.skip_watch=1000 kcsan.udelay_task=1000 kcsan.udelay_interrupt=1000" -a "$KCSAN_FORGIVEN" -e NFCT_FORGIVEN="$KCSAN_FORGIVEN")
