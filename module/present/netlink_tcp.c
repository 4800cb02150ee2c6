// SPDX-License-Identifier: GPL-2.0-only
/* A TCP connection's state, window scales and flags as netlink attributes (kernel: nf_conntrack_proto_tcp.c). */
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/spinlock.h>

#include <net/netfilter/nf_conntrack.h>
#include <net/netlink.h>
#include <net/tcp.h>

#include <nfct/present/netlink.h>

#if IS_ENABLED(CONFIG_NF_CT_NETLINK)
static int put_flags(struct sk_buff *skb, int attribute, u8 flags)
{
	/* The mask says what to change when a value is set; in a value that is shown it is 0. */
	struct nf_ct_tcp_flags value = { .flags = flags };

	return nla_put(skb, attribute, sizeof(value), &value);
}

/* Under the connection's lock. */
static int put(struct sk_buff *skb, const struct ip_ct_tcp *tcp, bool destroy)
{
	const struct ip_ct_tcp_state *seen = tcp->seen;

	if (nla_put_u8(skb, CTA_PROTOINFO_TCP_STATE, tcp->state))
		return -EMSGSIZE;
	if (destroy)
		return 0;
	if (nla_put_u8(skb, CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, seen[IP_CT_DIR_ORIGINAL].td_scale) ||
	    nla_put_u8(skb, CTA_PROTOINFO_TCP_WSCALE_REPLY, seen[IP_CT_DIR_REPLY].td_scale) ||
	    put_flags(skb, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, seen[IP_CT_DIR_ORIGINAL].flags) ||
	    put_flags(skb, CTA_PROTOINFO_TCP_FLAGS_REPLY, seen[IP_CT_DIR_REPLY].flags))
		return -EMSGSIZE;
	return 0;
}

int nfct_tcp_to_nlattr(struct sk_buff *skb, struct nlattr *nla, struct nf_conn *ct, bool destroy)
{
	struct nlattr *nest = nla_nest_start(skb, CTA_PROTOINFO_TCP);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	spin_lock_bh(&ct->lock);
	ret = put(skb, &ct->proto.tcp, destroy);
	spin_unlock_bh(&ct->lock);
	if (!ret)
		nla_nest_end(skb, nest);
	return ret;
}

static const struct nla_policy policy[CTA_PROTOINFO_TCP_MAX + 1] = {
	[CTA_PROTOINFO_TCP_STATE] = NLA_POLICY_MAX(NLA_U8, TCP_CONNTRACK_SYN_SENT2),
	[CTA_PROTOINFO_TCP_WSCALE_ORIGINAL] = NLA_POLICY_MAX(NLA_U8, TCP_MAX_WSCALE),
	[CTA_PROTOINFO_TCP_WSCALE_REPLY] = NLA_POLICY_MAX(NLA_U8, TCP_MAX_WSCALE),
	[CTA_PROTOINFO_TCP_FLAGS_ORIGINAL] = { .len = sizeof(struct nf_ct_tcp_flags) },
	[CTA_PROTOINFO_TCP_FLAGS_REPLY] = { .len = sizeof(struct nf_ct_tcp_flags) },
};

static void set_flags(struct ip_ct_tcp_state *side, const struct nlattr *attribute)
{
	const struct nf_ct_tcp_flags *value;

	if (!attribute)
		return;
	value = nla_data(attribute);
	side->flags = (side->flags & ~value->mask) | (value->flags & value->mask);
}

/* Window scaling is in use only if both sides offered it, so a scale is taken only for both. */
static void set_scales(struct ip_ct_tcp_state seen[2], const struct nlattr *original, const struct nlattr *reply)
{
	u8 both = seen[IP_CT_DIR_ORIGINAL].flags & seen[IP_CT_DIR_REPLY].flags;

	if (!original || !reply || !(both & IP_CT_TCP_FLAG_WINDOW_SCALE))
		return;
	seen[IP_CT_DIR_ORIGINAL].td_scale = nla_get_u8(original);
	seen[IP_CT_DIR_REPLY].td_scale = nla_get_u8(reply);
}

int nfct_tcp_from_nlattr(struct nlattr *cda[], struct nf_conn *ct)
{
	struct nlattr *tb[CTA_PROTOINFO_TCP_MAX + 1];
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	int ret;

	/* An update need not say anything about the protocol. */
	if (!cda[CTA_PROTOINFO_TCP])
		return 0;
	ret = nla_parse_nested_deprecated(tb, CTA_PROTOINFO_TCP_MAX, cda[CTA_PROTOINFO_TCP], policy, NULL);
	if (ret < 0)
		return ret;

	spin_lock_bh(&ct->lock);
	if (tb[CTA_PROTOINFO_TCP_STATE])
		tcp->state = nla_get_u8(tb[CTA_PROTOINFO_TCP_STATE]);
	/* Flags first: they decide whether the scales are taken. */
	set_flags(&tcp->seen[IP_CT_DIR_ORIGINAL], tb[CTA_PROTOINFO_TCP_FLAGS_ORIGINAL]);
	set_flags(&tcp->seen[IP_CT_DIR_REPLY], tb[CTA_PROTOINFO_TCP_FLAGS_REPLY]);
	set_scales(tcp->seen, tb[CTA_PROTOINFO_TCP_WSCALE_ORIGINAL], tb[CTA_PROTOINFO_TCP_WSCALE_REPLY]);
	spin_unlock_bh(&ct->lock);
	return 0;
}
#endif
