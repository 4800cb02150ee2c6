// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/nf_conntrack: every connection of the netns, a line each (kernel: ct_seq_ops of nf_conntrack_standalone.c).
 *
 * An open file owns a dump (table/dump.h) that remembers where it is between read() calls, so a dump of n entries costs n steps however
 * small the reads are. The kernel's own proc_create_net() cannot be used: it has no place to close the dump. So the netns
 * reference that it would hold for an open file is held here.
 */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>

#include <nfct/present/files.h>
#include <nfct/table/dump.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
struct reader {
	struct net *net;
	netns_tracker tracker;
	struct nfct_dump *dump;
	struct nf_conn *ct; /* the entry at pos, referenced by the dump; null if there is none or it is not known yet */
	loff_t pos;
	bool at_end; /* pos is behind the last entry */
	u64 now_ns;
};

/* The entry behind the one last fetched becomes the one at r->pos. */
static void *fetch(struct reader *r)
{
	int ret = nfct_dump_next(r->dump, &r->ct);

	if (ret <= 0)
		r->ct = NULL;
	r->at_end = ret == 0;
	return ret < 0 ? ERR_PTR(ret) : r->ct;
}

static void *rewind_to(struct reader *r, loff_t pos)
{
	nfct_dump_rewind(r->dump);
	for (r->pos = 0;; r->pos++) {
		void *ct = fetch(r);

		if (r->pos == pos || IS_ERR_OR_NULL(ct))
			return ct;
	}
}

/* seq_file asks for the position that next() gave it last, unless the file was rewound. */
static void *table_start(struct seq_file *s, loff_t *pos)
{
	struct reader *r = s->private;

	r->now_ns = ktime_get_real_ns();
	if (*pos == 0 || *pos != r->pos)
		return rewind_to(r, *pos);
	if (r->ct || r->at_end)
		return r->ct;
	/* The fetch for this position failed for want of memory. */
	return fetch(r);
}

static void *table_next(struct seq_file *s, void *v, loff_t *pos)
{
	struct reader *r = s->private;

	r->pos = ++*pos;
	return fetch(r);
}

/* Nothing is locked between start and stop; the entry stays referenced, since the next read() may begin with it. */
static void table_stop(struct seq_file *s, void *v)
{
}

static int table_show(struct seq_file *s, void *v)
{
	struct reader *r = s->private;
	struct nf_conn *ct = v;

	/* For extensions, helpers and event delivery, which live by RCU. */
	rcu_read_lock();
	if (nf_ct_should_gc(ct))
		nf_ct_kill(ct);
	/* Collected, then deleted before its turn: it is in no table any more. */
	if (!nf_ct_is_dying(ct))
		nfct_print_conn(s, ct, r->now_ns);
	rcu_read_unlock();
	return 0;
}

static const struct seq_operations table_seq_ops = {
	.start = table_start,
	.next = table_next,
	.stop = table_stop,
	.show = table_show,
};

static int table_open(struct inode *inode, struct file *file)
{
	struct net *net = pde_data(inode);
	struct reader *r;

	if (file->f_mode & FMODE_WRITE)
		return -EACCES;
	/*
	 * The memory of net is there: removing this file, which a netns does before it is freed, waits until this function has
	 * returned. But its last reference may be gone already.
	 */
	net = maybe_get_net(net);
	if (!net)
		return -ENXIO;

	r = __seq_open_private(file, &table_seq_ops, sizeof(*r));
	if (!r)
		goto no_reader;
	r->dump = nfct_dump_open(net);
	if (!r->dump)
		goto no_dump;
	r->net = net;
	netns_tracker_alloc(net, &r->tracker, GFP_KERNEL);
	return 0;

no_dump:
	seq_release_private(inode, file);
no_reader:
	put_net(net);
	return -ENOMEM;
}

/*
 * Also called for files that are still open when the entry is removed (module unload): procfs closes those itself and answers later
 * reads without us, so an open file keeps neither the module nor a connection.
 */
static int table_release(struct inode *inode, struct file *file)
{
	struct seq_file *s = file->private_data;
	struct reader *r = s->private;

	nfct_dump_close(r->dump);
	put_net_track(r->net, &r->tracker);
	return seq_release_private(inode, file);
}

static const struct proc_ops table_proc_ops = {
	.proc_open = table_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = table_release,
};

void nfct_proc_own(struct net *net, struct proc_dir_entry *entry)
{
	kuid_t uid = make_kuid(net->user_ns, 0);
	kgid_t gid = make_kgid(net->user_ns, 0);

	if (uid_valid(uid) && gid_valid(gid))
		proc_set_user(entry, uid, gid);
}

int nfct_proc_table_init(struct net *net)
{
	struct proc_dir_entry *entry = proc_create_data("nf_conntrack", 0440, net->proc_net, &table_proc_ops, net);

	if (!entry)
		return -ENOMEM;
	nfct_proc_own(net, entry);
	return 0;
}

void nfct_proc_table_exit(struct net *net)
{
	remove_proc_entry("nf_conntrack", net->proc_net);
}
#else
int nfct_proc_table_init(struct net *net)
{
	return 0;
}

void nfct_proc_table_exit(struct net *net)
{
}
#endif
