// SPDX-License-Identifier: GPL-2.0-only
/* Timeouts of each protocol as netlink attributes, for nfnetlink_cttimeout (kernel: *_timeout_{nlattr_to_obj,obj_to_nlattr}()). */
#include <linux/netfilter/nfnetlink_cttimeout.h>
#include <linux/string.h>

#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netlink.h>

#include <nfct/present/netlink.h>

#ifdef CONFIG_NF_CONNTRACK_TIMEOUT
/* Every attribute of every protocol is a number of seconds; TCP has the most of them. */
const struct nla_policy nfct_timeout_nla_policy[] = {
	[1 ... CTA_TIMEOUT_TCP_MAX] = { .type = NLA_U32 },
};

/* How a protocol's attributes (1 to `attributes`) and its array of timeouts (`count` long) belong together. */
struct layout {
	unsigned int attributes;
	unsigned int count;
	const u8 *state;     /* state[attribute]: the timeout it stands for; null: the one with its own number */
	bool zero_is_first;  /* timeout 0 belongs to no state and repeats that of state 1, in which connections begin */
};

static const u8 tcp_state[] = {
	[CTA_TIMEOUT_TCP_SYN_SENT] = TCP_CONNTRACK_SYN_SENT,
	[CTA_TIMEOUT_TCP_SYN_RECV] = TCP_CONNTRACK_SYN_RECV,
	[CTA_TIMEOUT_TCP_ESTABLISHED] = TCP_CONNTRACK_ESTABLISHED,
	[CTA_TIMEOUT_TCP_FIN_WAIT] = TCP_CONNTRACK_FIN_WAIT,
	[CTA_TIMEOUT_TCP_CLOSE_WAIT] = TCP_CONNTRACK_CLOSE_WAIT,
	[CTA_TIMEOUT_TCP_LAST_ACK] = TCP_CONNTRACK_LAST_ACK,
	[CTA_TIMEOUT_TCP_TIME_WAIT] = TCP_CONNTRACK_TIME_WAIT,
	[CTA_TIMEOUT_TCP_CLOSE] = TCP_CONNTRACK_CLOSE,
	[CTA_TIMEOUT_TCP_SYN_SENT2] = TCP_CONNTRACK_SYN_SENT2,
	[CTA_TIMEOUT_TCP_RETRANS] = TCP_CONNTRACK_RETRANS,
	[CTA_TIMEOUT_TCP_UNACK] = TCP_CONNTRACK_UNACK,
};

/* UDP, GRE: unreplied, replied. The others have one timeout, which is the first of these. */
static const u8 replied_state[] = {
	[CTA_TIMEOUT_UDP_UNREPLIED] = UDP_CT_UNREPLIED,
	[CTA_TIMEOUT_UDP_REPLIED] = UDP_CT_REPLIED,
};

static const struct layout one_layout = { 1, 1, replied_state };
static const struct layout replied_layout = { CTA_TIMEOUT_UDP_MAX, UDP_CT_MAX, replied_state };
static const struct layout tcp_layout = { CTA_TIMEOUT_TCP_MAX, TCP_CONNTRACK_TIMEOUT_MAX, tcp_state, true };

static unsigned int timeout_of(const struct layout *layout, unsigned int attribute)
{
	return layout->state ? layout->state[attribute] : attribute;
}

static int from_nlattr(struct nlattr *tb[], const struct layout *layout, unsigned int *defaults, unsigned int *timeouts)
{
	unsigned int i;

	if (timeouts)
		memcpy(timeouts, defaults, layout->count * sizeof(*timeouts));
	else
		timeouts = defaults;

	for (i = 1; i <= layout->attributes; i++)
		if (tb[i])
			timeouts[timeout_of(layout, i)] = ntohl(nla_get_be32(tb[i])) * HZ;
	if (layout->zero_is_first)
		timeouts[0] = timeouts[1];
	return 0;
}

static int to_nlattr(struct sk_buff *skb, const struct layout *layout, const unsigned int *timeouts)
{
	unsigned int i;

	for (i = 1; i <= layout->attributes; i++)
		if (nla_put_be32(skb, i, htonl(timeouts[timeout_of(layout, i)] / HZ)))
			return -ENOSPC;
	return 0;
}

/* The two functions of a protocol; `net` is in scope where the netns's defaults are named. */
#define TIMEOUT_FUNCTIONS(proto, layout, defaults)                                                                             \
	int nfct_##proto##_timeout_from_nlattr(struct nlattr *tb[], struct net *net, void *data)                               \
	{                                                                                                                      \
		return from_nlattr(tb, &(layout), defaults, data);                                                             \
	}                                                                                                                      \
	int nfct_##proto##_timeout_to_nlattr(struct sk_buff *skb, const void *data)                                            \
	{                                                                                                                      \
		return to_nlattr(skb, &(layout), data);                                                                        \
	}

TIMEOUT_FUNCTIONS(generic, one_layout, &nf_generic_pernet(net)->timeout)
TIMEOUT_FUNCTIONS(icmp, one_layout, &nf_icmp_pernet(net)->timeout)
TIMEOUT_FUNCTIONS(icmpv6, one_layout, &nf_icmpv6_pernet(net)->timeout)
TIMEOUT_FUNCTIONS(udp, replied_layout, nf_udp_pernet(net)->timeouts)
TIMEOUT_FUNCTIONS(tcp, tcp_layout, nf_tcp_pernet(net)->timeouts)

#ifdef CONFIG_NF_CT_PROTO_GRE
TIMEOUT_FUNCTIONS(gre, replied_layout, nf_gre_pernet(net)->timeouts)
#endif
#ifdef CONFIG_NF_CT_PROTO_SCTP
static const struct layout sctp_layout = { CTA_TIMEOUT_SCTP_MAX, SCTP_CONNTRACK_MAX, NULL, true };
TIMEOUT_FUNCTIONS(sctp, sctp_layout, nf_sctp_pernet(net)->timeouts)
#endif
#ifdef CONFIG_NF_CT_PROTO_DCCP
static const struct layout dccp_layout = { CTA_TIMEOUT_DCCP_MAX, CT_DCCP_MAX, NULL, true };
TIMEOUT_FUNCTIONS(dccp, dccp_layout, nf_dccp_pernet(net)->dccp_timeout)
#endif

/* What is written above as one: attributes and array positions of the same meaning have the same number. */
static_assert((int)CTA_TIMEOUT_GRE_UNREPLIED == CTA_TIMEOUT_UDP_UNREPLIED && (int)CTA_TIMEOUT_GRE_REPLIED == CTA_TIMEOUT_UDP_REPLIED);
static_assert((int)CTA_TIMEOUT_GENERIC_TIMEOUT == 1 && (int)CTA_TIMEOUT_ICMP_TIMEOUT == 1 && (int)CTA_TIMEOUT_ICMPV6_TIMEOUT == 1);
static_assert((int)CTA_TIMEOUT_SCTP_HEARTBEAT_ACKED == SCTP_CONNTRACK_HEARTBEAT_ACKED);
static_assert((int)CTA_TIMEOUT_DCCP_TIMEWAIT == CT_DCCP_TIMEWAIT);
static_assert(CTA_TIMEOUT_SCTP_MAX <= CTA_TIMEOUT_TCP_MAX && CTA_TIMEOUT_DCCP_MAX <= CTA_TIMEOUT_TCP_MAX);
#endif
