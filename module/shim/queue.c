// SPDX-License-Identifier: GPL-2.0-only
/* Packets that wait in user space (kernel: net/netfilter/nf_queue.c). */
#include <linux/rwsem.h>
#include <net/net_namespace.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns.h>

/* Exported, but declared in a header that only the kernel's own sources have (net/netfilter/nf_internals.h). */
void nf_queue_nf_hook_drop(struct net *net);

void nfct_shim_drop_queued_packets(void)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		if (atomic_read(&nfct_netns_of(net)->kernel.count))
			nf_queue_nf_hook_drop(net);
	}
	up_read(&net_rwsem);

	/* A namespace that is being taken down may be off the list already. */
	net_ns_barrier();
}
