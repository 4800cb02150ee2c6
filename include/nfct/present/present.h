/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything about the module that people look at or set: /proc, sysctl, module parameters, the log of INVALID packets. */
#ifndef NFCT_PRESENT_PRESENT_H
#define NFCT_PRESENT_PRESENT_H

#include <linux/types.h>

struct net;
struct nf_conn;
struct nf_hook_state;
struct sk_buff;

/* Module-wide part; needs the table's size to be known. */
int nfct_present_init(void);
void nfct_present_exit(void);

/*
 * Starting values of a netns: timeouts of all protocols, and the switches (acct, timestamp, events, checksum). Before anything else of
 * the netns.
 */
void nfct_netns_defaults(struct net *net);
void nfct_proto_defaults(struct net *net);

/*
 * Makes a netns visible: its sysctls and files. Last when a netns comes up, since a reader may be there at once; first when it
 * goes, since removing a file waits for its readers and takes back the references that open ones hold.
 */
int nfct_present_netns_init(struct net *net);
void nfct_present_netns_exit(struct net *net);

/* Module parameter enable_hooks: track in every netns, asked for or not. */
bool nfct_enable_hooks(void);

/*
 * Logs an INVALID packet if net.netfilter.nf_conntrack_log_invalid asks for its protocol. ct may be null; its lock must not be held,
 * since a logger may take it to print the connection.
 */
void nfct_log_invalid(const struct sk_buff *skb, const struct nf_conn *ct, const struct nf_hook_state *state, u8 protonum,
		      const char *text);

#endif
