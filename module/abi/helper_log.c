// SPDX-License-Identifier: GPL-2.0-only
/* What a helper says of a packet that it drops (kernel: nf_ct_helper_log); in C for its variable arguments. */
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_log.h>

/* To the packet log of the connection's namespace, behind the helper's name. From a helper only, so the connection has one. RCU. */
__printf(3, 4) void nf_ct_helper_log(struct sk_buff *skb, const struct nf_conn *ct, const char *fmt, ...)
{
	const struct nf_conntrack_helper *helper = rcu_dereference(nfct_help(ct)->helper);
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	nf_log_packet(nf_ct_net(ct), nf_ct_l3num(ct), 0, skb, NULL, NULL, NULL, "nf_ct_%s: dropping packet: %pV ", helper->name, &text);
	va_end(args);
}
