// SPDX-License-Identifier: GPL-2.0-only
/* /proc/net/stat/nf_conntrack_invalid: how many packets were INVALID for which reason; the kernel has no counterpart. */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include <net/net_namespace.h>

#include <nfct/core/reason_list.h>
#include <nfct/shim/reasons.h>
#include <nfct/present/files.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
static int invalid_show(struct seq_file *s, void *v)
{
	static const char *const names[] = {
#define NFCT_REASON(name, text) #name,
		NFCT_REASON_LIST
#undef NFCT_REASON
	};
	struct net *net = seq_file_single_net(s);
	unsigned int reason;

	/* 0 is "none": the packet was not INVALID. */
	for (reason = 1; reason < ARRAY_SIZE(names); reason++)
		seq_printf(s, "%s %llu\n", names[reason], nfct_reason_count(net, reason));
	return 0;
}

int nfct_proc_invalid_init(struct net *net)
{
	if (!proc_create_net_single("nf_conntrack_invalid", 0444, net->proc_net_stat, invalid_show, NULL))
		return -ENOMEM;
	return 0;
}

void nfct_proc_invalid_exit(struct net *net)
{
	remove_proc_entry("nf_conntrack_invalid", net->proc_net_stat);
}
#else
int nfct_proc_invalid_init(struct net *net)
{
	return 0;
}

void nfct_proc_invalid_exit(struct net *net)
{
}
#endif
