// SPDX-License-Identifier: GPL-2.0-only
/* The size of the expectation table and how many it may hold (kernel: the first lines of nf_conntrack_expect.c). */
#include <linux/cache.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>

#include <nfct/present/files.h>

/* Buckets; the module parameter expect_hashsize, 0: choose. */
unsigned int nf_ct_expect_hsize __read_mostly;
unsigned int nf_ct_expect_max __read_mostly;

void nfct_expect_limits_init(void)
{
	unsigned int per_page = PAGE_SIZE / sizeof(struct hlist_head);

	if (!nf_ct_expect_hsize)
		nf_ct_expect_hsize = max(nf_conntrack_htable_size / 256, 1u);
	nf_ct_expect_max = nf_ct_expect_hsize * 4;
	/* The table is made of whole pages; the maximum above is reckoned before it is rounded up to that. */
	nf_ct_expect_hsize = round_up(nf_ct_expect_hsize, per_page);
}
