# SPDX-License-Identifier: GPL-2.0-only
# How the kernel that looks for data races is run.

# Reports that are forgiven: races of the kernel with itself, no frame of ours in them. ts->got_idle_tick is a hint whether the tick came.
KCSAN_FORGIVEN='data-race in tick_nohz_handler / tick_nohz_idle_got_tick'
# One access in 500 is watched, not in 4000, and interrupts do not hide a race from the one that waits.
KCSAN_OPTIONS=(-m 3G -k "kcsan.skip_watch=500 kcsan.interrupt_watcher=1" -a "$KCSAN_FORGIVEN" -e NFCT_FORGIVEN="$KCSAN_FORGIVEN")
