/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of present/ as present/netns.c puts them together: each file or table of a netns comes and goes on its own. */
#ifndef NFCT_PRESENT_FILES_H
#define NFCT_PRESENT_FILES_H

#include <linux/types.h>

struct net;
struct nf_conn;
struct nf_conntrack_expect;
struct proc_dir_entry;
struct seq_file;

int nfct_sysctl_netns_init(struct net *net);
void nfct_sysctl_netns_exit(struct net *net);
int nfct_sysctl_init(void);
void nfct_sysctl_exit(void);

int nfct_proc_table_init(struct net *net);
void nfct_proc_table_exit(struct net *net);
int nfct_proc_expect_init(struct net *net);
void nfct_proc_expect_exit(struct net *net);
int nfct_proc_stat_init(struct net *net);
void nfct_proc_stat_exit(struct net *net);
int nfct_proc_invalid_init(struct net *net);
void nfct_proc_invalid_exit(struct net *net);

/* Gives a file to the netns's own root, so that a container's administrator may read what is 0440. */
void nfct_proc_own(struct net *net, struct proc_dir_entry *entry);

/* One line of /proc/net/nf_conntrack. now_ns is the wall clock, for delta-time. */
void nfct_print_conn(struct seq_file *s, struct nf_conn *ct, u64 now_ns);

/* One line of /proc/net/nf_conntrack_expect. RCU. */
void nfct_print_expect(struct seq_file *s, const struct nf_conntrack_expect *exp);

/* The state column of each protocol (struct nf_conntrack_l4proto's print_conntrack). */
void nfct_print_tcp_state(struct seq_file *s, struct nf_conn *ct);
void nfct_print_sctp_state(struct seq_file *s, struct nf_conn *ct);
void nfct_print_dccp_state(struct seq_file *s, struct nf_conn *ct);
void nfct_print_gre_state(struct seq_file *s, struct nf_conn *ct);

#endif
