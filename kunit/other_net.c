// SPDX-License-Identifier: GPL-2.0-only
/* A second network namespace for the suites: not one that a process could enter, but all of it that conntrack looks at. */
#include <linux/slab.h>
#include <net/netns/generic.h>
#include <nfct/kunit/lab.h>

struct net *nfct_other_net(struct kunit *test)
{
	struct nfct_lab *lab = nfct_lab(test);
	struct nfct_netns *ours;
	struct net_generic *gen;
	struct net *net;

	if (lab->other_net)
		return lab->other_net;
	net = kvzalloc(sizeof(*net), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, net);
	lab->other_net = net;
	net->hash_mix = get_random_u32() | 1;
	net->loopback_dev = lab->net->loopback_dev;
	net->ct = lab->net->ct;
#ifdef CONFIG_NF_CT_PROTO_GRE
	INIT_LIST_HEAD(&net->ct.nf_ct_proto.gre.keymap_list);
#endif
	net->ct.stat = NULL;

	/* The pernet data of this module alone is a copy; nobody asks this namespace for another's. */
	gen = kzalloc(struct_size(gen, ptr, nf_conntrack_net_id + 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gen);
	rcu_assign_pointer(net->gen, gen);
	ours = kzalloc(sizeof(*ours), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ours);
	gen->ptr[nf_conntrack_net_id] = ours;
	KUNIT_ASSERT_EQ(test, nfct_counters_alloc(net), 0);
	return net;
}

void nfct_other_net_free(struct nfct_lab *lab)
{
	struct net *net = lab->other_net;
	struct net_generic *gen;
	struct nfct_netns *ours;

	if (!net)
		return;
	/* Lockless readers may still look at its connections. */
	synchronize_rcu();
	gen = rcu_dereference_protected(net->gen, true);
	ours = gen ? gen->ptr[nf_conntrack_net_id] : NULL;
	if (ours)
		nfct_counters_free(net);
	kfree(ours);
	kfree(gen);
	kvfree(net);
	lab->other_net = NULL;
}

struct nf_conn *nfct_open_in(struct kunit *test, struct net *net, const struct nfct_flow *f)
{
	struct nfct_lab *lab = nfct_lab(test);
	struct net *home = lab->net;
	struct nf_conn *ct;

	lab->net = net;
	ct = nfct_open(test, f);
	lab->net = home;
	return ct;
}
