// SPDX-License-Identifier: GPL-2.0-only
/* A DCCP connection's state, roles and handshake as netlink attributes (kernel: nf_conntrack_proto_dccp.c). */
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/spinlock.h>

#include <net/netfilter/nf_conntrack.h>
#include <net/netlink.h>

#include <nfct/present/netlink.h>

#if IS_ENABLED(CONFIG_NF_CT_NETLINK) && defined(CONFIG_NF_CT_PROTO_DCCP)
/* Under the connection's lock. The reply side's role is always the other one. */
static int put(struct sk_buff *skb, const struct nf_ct_dccp *dccp, bool destroy)
{
	if (nla_put_u8(skb, CTA_PROTOINFO_DCCP_STATE, dccp->state))
		return -EMSGSIZE;
	if (destroy)
		return 0;
	if (nla_put_u8(skb, CTA_PROTOINFO_DCCP_ROLE, dccp->role[IP_CT_DIR_ORIGINAL]) ||
	    nla_put_be64(skb, CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ, cpu_to_be64(dccp->handshake_seq), CTA_PROTOINFO_DCCP_PAD))
		return -EMSGSIZE;
	return 0;
}

int nfct_dccp_to_nlattr(struct sk_buff *skb, struct nlattr *nla, struct nf_conn *ct, bool destroy)
{
	struct nlattr *nest = nla_nest_start(skb, CTA_PROTOINFO_DCCP);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	spin_lock_bh(&ct->lock);
	ret = put(skb, &ct->proto.dccp, destroy);
	spin_unlock_bh(&ct->lock);
	if (!ret)
		nla_nest_end(skb, nest);
	return ret;
}

static const struct nla_policy policy[CTA_PROTOINFO_DCCP_MAX + 1] = {
	[CTA_PROTOINFO_DCCP_STATE] = { .type = NLA_U8 },
	[CTA_PROTOINFO_DCCP_ROLE] = { .type = NLA_U8 },
	[CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ] = { .type = NLA_U64 },
	[CTA_PROTOINFO_DCCP_PAD] = { .type = NLA_UNSPEC },
};

int nfct_dccp_from_nlattr(struct nlattr *cda[], struct nf_conn *ct)
{
	struct nlattr *tb[CTA_PROTOINFO_DCCP_MAX + 1];
	struct nf_ct_dccp *dccp = &ct->proto.dccp;
	u8 state, role;
	int ret;

	/* An update need not say anything about the protocol. */
	if (!cda[CTA_PROTOINFO_DCCP])
		return 0;
	ret = nla_parse_nested_deprecated(tb, CTA_PROTOINFO_DCCP_MAX, cda[CTA_PROTOINFO_DCCP], policy, NULL);
	if (ret < 0)
		return ret;
	if (!tb[CTA_PROTOINFO_DCCP_STATE] || !tb[CTA_PROTOINFO_DCCP_ROLE])
		return -EINVAL;
	state = nla_get_u8(tb[CTA_PROTOINFO_DCCP_STATE]);
	role = nla_get_u8(tb[CTA_PROTOINFO_DCCP_ROLE]);
	/* IGNORE and what follows are answers of the state table, not states. */
	if (state >= CT_DCCP_IGNORE || role > CT_DCCP_ROLE_MAX)
		return -EINVAL;

	spin_lock_bh(&ct->lock);
	dccp->state = state;
	dccp->role[IP_CT_DIR_ORIGINAL] = role;
	dccp->role[IP_CT_DIR_REPLY] = role == CT_DCCP_ROLE_CLIENT ? CT_DCCP_ROLE_SERVER : CT_DCCP_ROLE_CLIENT;
	if (tb[CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ])
		dccp->handshake_seq = be64_to_cpu(nla_get_be64(tb[CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ]));
	spin_unlock_bh(&ct->lock);
	return 0;
}
#endif
