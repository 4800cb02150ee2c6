// SPDX-License-Identifier: GPL-2.0-only
/* Per-CPU data and the netns data for C++ (kernel: linux/percpu.h, net/netns/generic.h). */
#include <linux/percpu.h>
#include <net/netns/generic.h>
#include <nfct/shim/netns.h>
#include <nfct/shim/reasons.h>
#include <nfct/shim/kernel.h>

int nfct_counters_alloc(struct net *net)
{
	struct nfct_netns *ours = nfct_netns_of(net);

	net->ct.stat = nfct_shim_alloc_percpu(sizeof(*net->ct.stat), __alignof__(*net->ct.stat));
	ours->reasons = nfct_shim_alloc_percpu(sizeof(*ours->reasons), __alignof__(*ours->reasons));
	if (net->ct.stat && ours->reasons)
		return 0;
	nfct_counters_free(net);
	return -ENOMEM;
}

void nfct_counters_free(struct net *net)
{
	free_percpu(net->ct.stat);
	free_percpu(nfct_netns_of(net)->reasons);
	net->ct.stat = NULL;
	nfct_netns_of(net)->reasons = NULL;
}

void nfct_shim_stat_add(const struct net *net, unsigned int offset, unsigned int n)
{
	unsigned int __percpu *first = (unsigned int __percpu *)net->ct.stat;

	this_cpu_add(first[offset / sizeof(unsigned int)], n);
}

void nfct_shim_reason_inc(const struct net *net, unsigned int reason)
{
	this_cpu_inc(nfct_netns_of(net)->reasons->count[reason]);
}

u64 nfct_reason_count(struct net *net, unsigned int reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(nfct_netns_of(net)->reasons, cpu)->count[reason]);
	return sum;
}

static DEFINE_PER_CPU(u32, victim);

u32 nfct_shim_exchange_victim(u32 hash)
{
	return this_cpu_xchg(victim, hash);
}

struct nfct_netns *nfct_shim_pernet(const struct net *net)
{
	return nfct_netns_of(net);
}
