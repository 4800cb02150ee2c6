// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layer-4 part of a tuple as netlink attributes: ports, or ICMP id, type and code (kernel: nf_ct_port_*() of nf_conntrack_core.c,
 * icmp*_tuple_to_nlattr() and icmp*_nlattr_to_tuple() of nf_conntrack_proto_icmp*.c).
 */
#include <linux/in.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netlink.h>

#include <nfct/present/netlink.h>
#include <nfct/table/ahead.h>

#if IS_ENABLED(CONFIG_NF_CT_NETLINK)
/* Of `flags`, a bit for each attribute: is this one wanted? A filter may leave parts of a tuple open. */
static bool wanted(u32 flags, unsigned int attribute)
{
	return flags & (1 << attribute);
}

const struct nla_policy nf_ct_port_nla_policy[CTA_PROTO_MAX + 1] = {
	[CTA_PROTO_SRC_PORT] = { .type = NLA_U16 },
	[CTA_PROTO_DST_PORT] = { .type = NLA_U16 },
};

unsigned int nf_ct_port_nlattr_tuple_size(void)
{
	return 2 * nla_total_size(sizeof(__be16));
}

/*
 * Whether the message is of nf_conntrack_netlink's dump of connections: the first one of the buffer says so. Its tuples are those in the
 * connections themselves, what no message of expectations, of an event or of another subsystem promises.
 */
static bool is_dump(const struct sk_buff *skb)
{
	const struct nlmsghdr *first = nlmsg_hdr(skb);

	return skb_headlen(skb) >= sizeof(*first) && first->nlmsg_flags & NLM_F_MULTI &&
	       first->nlmsg_type == (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW);
}

/* Both ports at once, and where they belong: a dump is made of little else than attributes. */
int nf_ct_port_tuple_to_nlattr(struct sk_buff *skb, const struct nf_conntrack_tuple *tuple)
{
	struct port {
		struct nlattr head;
		__be16 port, padding;
	} *ports;

	if (tuple->dst.dir == IP_CT_DIR_ORIGINAL && is_dump(skb))
		nfct_run_ahead(container_of(tuple, struct nf_conn, tuplehash[IP_CT_DIR_ORIGINAL].tuple));
	if (skb_tailroom(skb) < (int)(2 * sizeof(*ports)))
		return -EMSGSIZE;
	ports = skb_put(skb, 2 * sizeof(*ports));
	ports[0] = (struct port){ { NLA_HDRLEN + sizeof(__be16), CTA_PROTO_SRC_PORT }, tuple->src.u.all };
	ports[1] = (struct port){ { NLA_HDRLEN + sizeof(__be16), CTA_PROTO_DST_PORT }, tuple->dst.u.all };
	return 0;
}

int nf_ct_port_nlattr_to_tuple(struct nlattr *tb[], struct nf_conntrack_tuple *t, u_int32_t flags)
{
	if (wanted(flags, CTA_PROTO_SRC_PORT)) {
		if (!tb[CTA_PROTO_SRC_PORT])
			return -EINVAL;
		t->src.u.all = nla_get_be16(tb[CTA_PROTO_SRC_PORT]);
	}
	if (wanted(flags, CTA_PROTO_DST_PORT)) {
		if (!tb[CTA_PROTO_DST_PORT])
			return -EINVAL;
		t->dst.u.all = nla_get_be16(tb[CTA_PROTO_DST_PORT]);
	}
	return 0;
}

/* Where ICMP and ICMPv6 have their three attributes. */
struct icmp_attributes {
	u8 l3num, protonum;
	u8 id, type, code;
};

static const struct icmp_attributes icmp = {
	NFPROTO_IPV4, IPPROTO_ICMP, CTA_PROTO_ICMP_ID, CTA_PROTO_ICMP_TYPE, CTA_PROTO_ICMP_CODE,
};
static const struct icmp_attributes icmpv6 = {
	NFPROTO_IPV6, IPPROTO_ICMPV6, CTA_PROTO_ICMPV6_ID, CTA_PROTO_ICMPV6_TYPE, CTA_PROTO_ICMPV6_CODE,
};

const struct nla_policy nfct_icmp_nla_policy[CTA_PROTO_MAX + 1] = {
	[CTA_PROTO_ICMP_ID] = { .type = NLA_U16 },
	[CTA_PROTO_ICMP_TYPE] = { .type = NLA_U8 },
	[CTA_PROTO_ICMP_CODE] = { .type = NLA_U8 },
};

const struct nla_policy nfct_icmpv6_nla_policy[CTA_PROTO_MAX + 1] = {
	[CTA_PROTO_ICMPV6_ID] = { .type = NLA_U16 },
	[CTA_PROTO_ICMPV6_TYPE] = { .type = NLA_U8 },
	[CTA_PROTO_ICMPV6_CODE] = { .type = NLA_U8 },
};

unsigned int nfct_icmp_nlattr_tuple_size(void)
{
	return nla_total_size(sizeof(__be16)) + 2 * nla_total_size(sizeof(u8));
}

static int put(struct sk_buff *skb, const struct nf_conntrack_tuple *tuple, const struct icmp_attributes *at)
{
	if (nla_put_be16(skb, at->id, tuple->src.u.icmp.id) || nla_put_u8(skb, at->type, tuple->dst.u.icmp.type) ||
	    nla_put_u8(skb, at->code, tuple->dst.u.icmp.code))
		return -EMSGSIZE;
	return 0;
}

/* Only what has an answer can be a connection; the core knows which types do. */
static bool has_answer(u8 type, const struct icmp_attributes *at)
{
	struct nf_conntrack_tuple question = {}, answer;

	question.src.l3num = at->l3num;
	question.dst.protonum = at->protonum;
	question.dst.u.icmp.type = type;
	return nf_ct_invert_tuple(&answer, &question);
}

static int get(struct nlattr *tb[], struct nf_conntrack_tuple *tuple, u32 flags, const struct icmp_attributes *at)
{
	if (wanted(flags, at->type)) {
		if (!tb[at->type])
			return -EINVAL;
		tuple->dst.u.icmp.type = nla_get_u8(tb[at->type]);
		if (!has_answer(tuple->dst.u.icmp.type, at))
			return -EINVAL;
	}
	if (wanted(flags, at->code)) {
		if (!tb[at->code])
			return -EINVAL;
		tuple->dst.u.icmp.code = nla_get_u8(tb[at->code]);
	}
	if (wanted(flags, at->id)) {
		if (!tb[at->id])
			return -EINVAL;
		tuple->src.u.icmp.id = nla_get_be16(tb[at->id]);
	}
	return 0;
}

int nfct_icmp_tuple_to_nlattr(struct sk_buff *skb, const struct nf_conntrack_tuple *tuple)
{
	return put(skb, tuple, &icmp);
}

int nfct_icmp_nlattr_to_tuple(struct nlattr *tb[], struct nf_conntrack_tuple *tuple, u32 flags)
{
	return get(tb, tuple, flags, &icmp);
}

int nfct_icmpv6_tuple_to_nlattr(struct sk_buff *skb, const struct nf_conntrack_tuple *tuple)
{
	return put(skb, tuple, &icmpv6);
}

int nfct_icmpv6_nlattr_to_tuple(struct nlattr *tb[], struct nf_conntrack_tuple *tuple, u32 flags)
{
	return get(tb, tuple, flags, &icmpv6);
}
#endif
