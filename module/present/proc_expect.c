// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/nf_conntrack_expect: every expectation of the netns, a line each (kernel: exp_seq_ops of nf_conntrack_expect.c).
 *
 * The position is the number of an entry in the table, those of other namespaces counted, too. Between two read() calls nothing is
 * held, so a reader that stops halfway leaves nothing behind; one that goes on counts again, and may miss or repeat what moved.
 */
#include <linux/proc_fs.h>
#include <linux/rculist.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include <nfct/present/files.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
struct reader {
	struct seq_net_private net; /* first: seq_file_net() reads it here */
	unsigned int bucket;
};

/* The first entry of bucket r->bucket or of one behind it. */
static struct hlist_node *first_from(struct reader *r)
{
	for (; r->bucket < nf_ct_expect_hsize; r->bucket++) {
		struct hlist_node *n = rcu_dereference(hlist_first_rcu(&nf_ct_expect_hash[r->bucket]));

		if (n)
			return n;
	}
	return NULL;
}

static struct hlist_node *behind(struct reader *r, struct hlist_node *n)
{
	n = rcu_dereference(hlist_next_rcu(n));
	if (n)
		return n;
	r->bucket++;
	return first_from(r);
}

static void *expect_start(struct seq_file *s, loff_t *pos) __acquires(RCU)
{
	struct reader *r = s->private;
	struct hlist_node *n;
	loff_t i;

	rcu_read_lock();
	r->bucket = 0;
	n = first_from(r);
	for (i = 0; n && i < *pos; i++)
		n = behind(r, n);
	return n;
}

static void *expect_next(struct seq_file *s, void *v, loff_t *pos)
{
	++*pos;
	return behind(s->private, v);
}

static void expect_stop(struct seq_file *s, void *v) __releases(RCU)
{
	rcu_read_unlock();
}

static void print_flags(struct seq_file *s, unsigned int flags)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ NF_CT_EXPECT_PERMANENT, "PERMANENT" },
		{ NF_CT_EXPECT_INACTIVE, "INACTIVE" },
		{ NF_CT_EXPECT_USERSPACE, "USERSPACE" },
	};
	const char *between = "";
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(flags & names[i].bit))
			continue;
		seq_printf(s, "%s%s", between, names[i].name);
		between = ",";
	}
}

void nfct_print_expect(struct seq_file *s, const struct nf_conntrack_expect *exp)
{
	const struct nf_conntrack_helper *helper = rcu_dereference(exp->helper);
	s32 left = (s32)(READ_ONCE(exp->timeout) - nfct_time_stamp) / HZ;
	unsigned int flags = READ_ONCE(exp->flags);

	seq_printf(s, "%d l3proto = %u proto=%u ", max(left, 0), exp->tuple.src.l3num, exp->tuple.dst.protonum);
	print_tuple(s, &exp->tuple, nf_ct_l4proto_find(exp->tuple.dst.protonum));
	print_flags(s, flags);
	if (helper) {
		const char *policy = helper->expect_policy[exp->class].name;

		seq_printf(s, "%s%s", flags ? " " : "", helper->name);
		if (*policy)
			seq_printf(s, "/%s", policy);
	}
	seq_putc(s, '\n');
}

static int expect_show(struct seq_file *s, void *v)
{
	struct nf_conntrack_expect *exp = hlist_entry(v, struct nf_conntrack_expect, hnode);

	if (net_eq(nf_ct_exp_net(exp), seq_file_net(s)) && !nf_ct_exp_is_expired(exp))
		nfct_print_expect(s, exp);
	return 0;
}

static const struct seq_operations expect_seq_ops = {
	.start = expect_start,
	.next = expect_next,
	.stop = expect_stop,
	.show = expect_show,
};

int nfct_proc_expect_init(struct net *net)
{
	struct proc_dir_entry *entry = proc_create_net("nf_conntrack_expect", 0440, net->proc_net, &expect_seq_ops,
						       sizeof(struct reader));

	if (!entry)
		return -ENOMEM;
	nfct_proc_own(net, entry);
	return 0;
}

void nfct_proc_expect_exit(struct net *net)
{
	remove_proc_entry("nf_conntrack_expect", net->proc_net);
}
#else
int nfct_proc_expect_init(struct net *net)
{
	return 0;
}

void nfct_proc_expect_exit(struct net *net)
{
}
#endif
