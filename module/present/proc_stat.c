// SPDX-License-Identifier: GPL-2.0-only
/* /proc/net/stat/nf_conntrack: what each CPU has counted, a row a CPU (kernel: ct_cpu_seq_ops of nf_conntrack_standalone.c). */
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>

#include <nfct/present/files.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
/* A column's title, the gap in front of it, and its counter; columns that nothing counts any more stay, as 0, for old readers. */
#define NOT_COUNTED -1
#define COUNTER(member) offsetof(struct ip_conntrack_stat, member)

static const struct column {
	const char *gap;
	const char *title;
	int counter;
} columns[] = {
	{ "  ", "clashres", COUNTER(clash_resolve) },
	{ " ", "found", COUNTER(found) },
	{ " ", "new", NOT_COUNTED },
	{ " ", "invalid", COUNTER(invalid) },
	{ " ", "ignore", NOT_COUNTED },
	{ " ", "delete", NOT_COUNTED },
	{ " ", "chainlength", COUNTER(chaintoolong) },
	{ " ", "insert", COUNTER(insert) },
	{ " ", "insert_failed", COUNTER(insert_failed) },
	{ " ", "drop", COUNTER(drop) },
	{ " ", "early_drop", COUNTER(early_drop) },
	{ " ", "icmp_error", COUNTER(error) },
	{ "  ", "expect_new", COUNTER(expect_new) },
	{ " ", "expect_create", COUNTER(expect_create) },
	{ " ", "expect_delete", COUNTER(expect_delete) },
	{ " ", "search_restart", COUNTER(search_restart) },
};

/* Position 0 is the header, position n the CPU with number n - 1; numbers that no CPU can have are passed over. */
static void *cpu_at_or_behind(struct seq_file *s, loff_t *pos)
{
	struct net *net = seq_file_net(s);

	for (; *pos <= nr_cpu_ids; ++*pos)
		if (cpu_possible(*pos - 1))
			return per_cpu_ptr(net->ct.stat, *pos - 1);
	return NULL;
}

static void *stat_start(struct seq_file *s, loff_t *pos)
{
	return *pos == 0 ? SEQ_START_TOKEN : cpu_at_or_behind(s, pos);
}

static void *stat_next(struct seq_file *s, void *v, loff_t *pos)
{
	++*pos;
	return cpu_at_or_behind(s, pos);
}

static void stat_stop(struct seq_file *s, void *v)
{
}

/* The first column is the netns's number of connections, the same in every row. */
static void print_header(struct seq_file *s)
{
	int i;

	seq_puts(s, "entries");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		seq_printf(s, "%s%s", columns[i].gap, columns[i].title);
	seq_putc(s, '\n');
}

static void print_cpu(struct seq_file *s, const struct ip_conntrack_stat *stat)
{
	int i;

	seq_printf(s, "%08x", nf_conntrack_count(seq_file_net(s)));
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		const void *counter = (const char *)stat + columns[i].counter;

		seq_printf(s, "%s%08x", columns[i].gap, columns[i].counter == NOT_COUNTED ? 0 : *(const unsigned int *)counter);
	}
	seq_putc(s, '\n');
}

static int stat_show(struct seq_file *s, void *v)
{
	if (v == SEQ_START_TOKEN)
		print_header(s);
	else
		print_cpu(s, v);
	return 0;
}

static const struct seq_operations stat_seq_ops = {
	.start = stat_start,
	.next = stat_next,
	.stop = stat_stop,
	.show = stat_show,
};

int nfct_proc_stat_init(struct net *net)
{
	if (!proc_create_net("nf_conntrack", 0444, net->proc_net_stat, &stat_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	return 0;
}

void nfct_proc_stat_exit(struct net *net)
{
	remove_proc_entry("nf_conntrack", net->proc_net_stat);
}
#else
int nfct_proc_stat_init(struct net *net)
{
	return 0;
}

void nfct_proc_stat_exit(struct net *net)
{
}
#endif
