// SPDX-License-Identifier: GPL-2.0-only
/* Puts the files and sysctls of a netns up and takes them down (kernel: nf_conntrack_standalone.c's pernet part). */
#include <linux/errno.h>
#include <linux/kernel.h>

#include <nfct/present/files.h>
#include <nfct/present/present.h>

static const struct part {
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
} parts[] = {
	{ nfct_sysctl_netns_init, nfct_sysctl_netns_exit },
	{ nfct_proc_table_init, nfct_proc_table_exit },
	{ nfct_proc_expect_init, nfct_proc_expect_exit },
	{ nfct_proc_stat_init, nfct_proc_stat_exit },
	{ nfct_proc_invalid_init, nfct_proc_invalid_exit },
};

static void exit_parts(struct net *net, int count)
{
	while (count--)
		parts[count].exit(net);
}

int nfct_present_netns_init(struct net *net)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int ret = parts[i].init(net);

		if (ret) {
			exit_parts(net, i);
			return ret;
		}
	}
	return 0;
}

void nfct_present_netns_exit(struct net *net)
{
	exit_parts(net, ARRAY_SIZE(parts));
}

int nfct_present_init(void)
{
	return nfct_sysctl_init();
}

void nfct_present_exit(void)
{
	nfct_sysctl_exit();
}
