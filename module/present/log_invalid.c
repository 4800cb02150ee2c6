// SPDX-License-Identifier: GPL-2.0-only
/* The log of INVALID packets (kernel: nf_l4proto_log_invalid() and nf_ct_l4proto_log_invalid() of nf_conntrack_proto.c). */
#include <linux/in.h>
#include <linux/lockdep.h>
#include <linux/netfilter.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_log.h>

#include <nfct/present/present.h>

#ifdef CONFIG_SYSCTL
static void log_packet(const struct sk_buff *skb, const struct nf_hook_state *state, u8 protonum, struct va_format *text)
{
	struct net *net = state->net;
	u8 wanted = net->ct.sysctl_log_invalid;

	/* One protocol's number, or 255 for all. */
	if (wanted == protonum || wanted == IPPROTO_RAW)
		nf_log_packet(net, state->pf, 0, skb, state->in, state->out, NULL, "nf_ct_proto_%d: %pV ", protonum, text);
}

void nf_l4proto_log_invalid(const struct sk_buff *skb, const struct nf_hook_state *state, u8 protonum, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	log_packet(skb, state, protonum, &text);
	va_end(args);
}

void nf_ct_l4proto_log_invalid(const struct sk_buff *skb, const struct nf_conn *ct, const struct nf_hook_state *state,
			       const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	/* A logger (nfnetlink_log) may print the connection, and takes its lock for that. */
	lockdep_assert_not_held(&ct->lock);

	va_start(args, fmt);
	text.va = &args;
	log_packet(skb, state, nf_ct_protonum(ct), &text);
	va_end(args);
}
#endif

void nfct_log_invalid(const struct sk_buff *skb, const struct nf_conn *ct, const struct nf_hook_state *state, u8 protonum,
		      const char *text)
{
	if (ct)
		nf_ct_l4proto_log_invalid(skb, ct, state, "%s", text);
	else
		nf_l4proto_log_invalid(skb, state, protonum, "%s", text);
}
