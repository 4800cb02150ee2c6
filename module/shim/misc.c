// SPDX-License-Identifier: GPL-2.0-only
/* Time, randomness, messages for C++. */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/random.h>
#include <linux/timekeeping.h>
#include <nfct/shim/compat.h>
#include <nfct/shim/kernel.h>

unsigned long long nfct_shim_real_ns(void)
{
	return ktime_get_real_ns();
}

unsigned long long nfct_shim_jiffies_to_ns(unsigned long n)
{
	return jiffies_to_nsecs(n);
}

void nfct_shim_random_bytes(void *to, size_t len)
{
	get_random_bytes(to, len);
}

unsigned int nfct_shim_random_below(unsigned int ceil)
{
	return nfct_random_below(ceil);
}

void nfct_shim_warn_table_full(void)
{
	/* Twice the name, as stock has it: its prefix for messages and the message itself. */
	net_warn_ratelimited("nf_conntrack: nf_conntrack: table full, dropping packet\n");
}

void nfct_shim_warn_expect_table_full(void)
{
	net_warn_ratelimited("nf_conntrack: expectation table full\n");
}

void nfct_shim_warn(const char *what)
{
	WARN(1, "nf_conntrack: %s\n", what);
}

void nfct_shim_warn_once(bool *said, const char *text)
{
	if (!xchg(said, true))
		WARN(1, "%s", text);
}
