// SPDX-License-Identifier: GPL-2.0-only
/* Bytes a connection: by how many pages all slab caches grew, large allocations included, and the array of buckets. */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmstat.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "bench.h"
#include "helper.h"
#include "meter.h"

/* As many at least: a slab page more or less is no byte then. */
enum { LEAST = 100000 };

static int reads_nothing(struct sk_buff *skb, unsigned int l4, struct nf_conn *ct, enum ip_conntrack_info info)
{
	return NF_ACCEPT;
}

static const struct nf_conntrack_expect_policy policy = { .max_expected = 255, .timeout = 300 };

static struct nf_conntrack_helper helper = { .name = "bench", .me = THIS_MODULE, .help = reads_nothing, .expect_policy = &policy };

struct nf_conn *bench_helped_template(struct bench *b)
{
	struct nf_conn *template = nf_ct_tmpl_alloc(b->net, &nf_ct_zone_dflt, GFP_KERNEL);
	struct nf_conn_help *help = template ? nf_ct_helper_ext_add(template, GFP_KERNEL) : NULL;

	if (help)
		rcu_assign_pointer(help->helper, &helper);
	else if (template)
		nf_ct_put(template);
	return help ? template : NULL;
}

static unsigned long slab_pages(void)
{
	return global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) + global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
}

/* The array of buckets, where slab_pages() does not have it among the large allocations, which are compound pages. */
static unsigned long array_pages(void)
{
	unsigned long bytes = nf_conntrack_htable_size * sizeof(*nf_conntrack_hash);

	if (!is_vmalloc_addr(nf_conntrack_hash) && PageCompound(virt_to_page(nf_conntrack_hash)))
		return 0;
	/* Behind them ours has three hints of four bytes for eight (table/hints.hpp). */
	if (nf_conntrack_htable_size <= 1 << 22)
		bytes += nf_conntrack_htable_size / 8 * 12;
	return DIV_ROUND_UP(bytes, PAGE_SIZE);
}

static void row(struct bench *b, const char *name)
{
	u32 n = max_t(u32, b->flows, LEAST);
	unsigned long before;
	bool all;

	bench_flush(b);
	/* Longer chains would be refused. */
	bench_set_buckets(n);
	/* Emptied slabs go back after a grace period. */
	rcu_barrier();
	before = slab_pages() + array_pages();
	all = bench_fill_udp(b, 0, n);
	/* Where they follow the number of connections, the last growth may still be on its way. */
	msleep(100);
	meter_say(name, (u64)(slab_pages() + array_pages() - before) << PAGE_SHIFT, n, !all);
	bench_flush(b);
}

void bench_memory(struct bench *b)
{
	struct netns_ct *ct = &b->net->ct;
	u8 events = ct->sysctl_events;

	ct->sysctl_events = 0;
	row(b, "bytes a connection");
	b->template = bench_helped_template(b);
	row(b, "bytes, helper");
	if (b->template)
		nf_ct_put(b->template);
	b->template = NULL;
	ct->sysctl_events = 1;
	ct->sysctl_acct = 1;
	row(b, "bytes, accounting and events");
	ct->sysctl_acct = 0;
	ct->sysctl_events = events;
}
