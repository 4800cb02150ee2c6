# SPDX-License-Identifier: GPL-2.0-only
# Reports of KCSAN about races of the kernel with itself, for `qemu/vm -a`: both functions are the kernel's, and the reason is known.
KCSAN_FORGIVEN='data-race in (NOTHING YET)'
