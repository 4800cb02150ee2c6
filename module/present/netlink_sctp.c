// SPDX-License-Identifier: GPL-2.0-only
/* An SCTP association's state and verification tags as netlink attributes (kernel: nf_conntrack_proto_sctp.c). */
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/spinlock.h>

#include <net/netfilter/nf_conntrack.h>
#include <net/netlink.h>

#include <nfct/present/netlink.h>

#if IS_ENABLED(CONFIG_NF_CT_NETLINK) && defined(CONFIG_NF_CT_PROTO_SCTP)
/* Under the connection's lock. */
static int put(struct sk_buff *skb, const struct ip_ct_sctp *sctp, bool destroy)
{
	if (nla_put_u8(skb, CTA_PROTOINFO_SCTP_STATE, sctp->state))
		return -EMSGSIZE;
	if (destroy)
		return 0;
	if (nla_put_be32(skb, CTA_PROTOINFO_SCTP_VTAG_ORIGINAL, sctp->vtag[IP_CT_DIR_ORIGINAL]) ||
	    nla_put_be32(skb, CTA_PROTOINFO_SCTP_VTAG_REPLY, sctp->vtag[IP_CT_DIR_REPLY]))
		return -EMSGSIZE;
	return 0;
}

int nfct_sctp_to_nlattr(struct sk_buff *skb, struct nlattr *nla, struct nf_conn *ct, bool destroy)
{
	struct nlattr *nest = nla_nest_start(skb, CTA_PROTOINFO_SCTP);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	spin_lock_bh(&ct->lock);
	ret = put(skb, &ct->proto.sctp, destroy);
	spin_unlock_bh(&ct->lock);
	if (!ret)
		nla_nest_end(skb, nest);
	return ret;
}

static const struct nla_policy policy[CTA_PROTOINFO_SCTP_MAX + 1] = {
	[CTA_PROTOINFO_SCTP_STATE] = NLA_POLICY_MAX(NLA_U8, SCTP_CONNTRACK_HEARTBEAT_SENT),
	[CTA_PROTOINFO_SCTP_VTAG_ORIGINAL] = { .type = NLA_U32 },
	[CTA_PROTOINFO_SCTP_VTAG_REPLY] = { .type = NLA_U32 },
};

int nfct_sctp_from_nlattr(struct nlattr *cda[], struct nf_conn *ct)
{
	struct nlattr *tb[CTA_PROTOINFO_SCTP_MAX + 1];
	struct ip_ct_sctp *sctp = &ct->proto.sctp;
	int ret;

	/* An update need not say anything about the protocol. */
	if (!cda[CTA_PROTOINFO_SCTP])
		return 0;
	ret = nla_parse_nested_deprecated(tb, CTA_PROTOINFO_SCTP_MAX, cda[CTA_PROTOINFO_SCTP], policy, NULL);
	if (ret < 0)
		return ret;
	/* A state is of no use without the tags that packets are checked against. */
	if (!tb[CTA_PROTOINFO_SCTP_STATE] || !tb[CTA_PROTOINFO_SCTP_VTAG_ORIGINAL] || !tb[CTA_PROTOINFO_SCTP_VTAG_REPLY])
		return -EINVAL;

	spin_lock_bh(&ct->lock);
	sctp->state = nla_get_u8(tb[CTA_PROTOINFO_SCTP_STATE]);
	sctp->vtag[IP_CT_DIR_ORIGINAL] = nla_get_be32(tb[CTA_PROTOINFO_SCTP_VTAG_ORIGINAL]);
	sctp->vtag[IP_CT_DIR_REPLY] = nla_get_be32(tb[CTA_PROTOINFO_SCTP_VTAG_REPLY]);
	spin_unlock_bh(&ct->lock);
	return 0;
}
#endif
