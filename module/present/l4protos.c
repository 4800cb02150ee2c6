// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other modules may ask of each layer-4 protocol: struct nf_conntrack_l4proto (kernel: the instances at the end of each
 * nf_conntrack_proto_*.c, and nf_ct_l4proto_find()).
 *
 * Tracking is not reached through these: the packet path calls the C++ trackers. Here are only faces: netlink, /proc, and two
 * questions of the table (may a clash be resolved, may an assured entry be dropped early).
 */
#include <linux/in.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_cttimeout.h>

#include <net/netfilter/nf_conntrack_l4proto.h>

#include <nfct/packet/l4_hooks.h>
#include <nfct/present/files.h>
#include <nfct/present/netlink.h>
#include <nfct/shim/compat.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
#define STATE_COLUMN(print) .print_conntrack = print,
#else
#define STATE_COLUMN(print)
#endif

#if IS_ENABLED(CONFIG_NF_CT_NETLINK)
#define TUPLE_ATTRIBUTES(to, from, size, policy)                                                                               \
	.tuple_to_nlattr = to, .nlattr_to_tuple = from, .nlattr_tuple_size = size, .nla_policy = policy,
#define STATE_ATTRIBUTES(proto, size)                                                                                          \
	.to_nlattr = nfct_##proto##_to_nlattr, .from_nlattr = nfct_##proto##_from_nlattr, .nlattr_size = size,
#else
#define TUPLE_ATTRIBUTES(to, from, size, policy)
#define STATE_ATTRIBUTES(proto, size)
#endif
#define PORT_ATTRIBUTES                                                                                                        \
	TUPLE_ATTRIBUTES(nf_ct_port_tuple_to_nlattr, nf_ct_port_nlattr_to_tuple, nf_ct_port_nlattr_tuple_size, nf_ct_port_nla_policy)
#define ICMP_ATTRIBUTES(proto)                                                                                                 \
	TUPLE_ATTRIBUTES(nfct_##proto##_tuple_to_nlattr, nfct_##proto##_nlattr_to_tuple, nfct_icmp_nlattr_tuple_size,          \
			 nfct_##proto##_nla_policy)

#ifdef CONFIG_NF_CONNTRACK_TIMEOUT
/* `count` timeouts in an object, set by attributes 1 to `max`. */
#define TIMEOUTS(proto, max, count)                                                                                            \
	.ctnl_timeout = {                                                                                                      \
		.nlattr_to_obj = nfct_##proto##_timeout_from_nlattr,                                                           \
		.obj_to_nlattr = nfct_##proto##_timeout_to_nlattr,                                                             \
		.nlattr_max = max,                                                                                             \
		.obj_size = (count) * sizeof(unsigned int),                                                                    \
		.nla_policy = nfct_timeout_nla_policy,                                                                         \
	},
#else
#define TIMEOUTS(proto, max, count)
#endif

/* Where a second connection with the same tuple may simply be let go of: protocols whose first packets may come twice at a time. */
#define CLASH_CAN_BE_RESOLVED .allow_clash = true,

const struct nf_conntrack_l4proto nf_conntrack_l4proto_tcp = {
	.l4proto = IPPROTO_TCP,
	.can_early_drop = nfct_tcp_can_early_drop,
	STATE_COLUMN(nfct_print_tcp_state)
	PORT_ATTRIBUTES
	STATE_ATTRIBUTES(tcp, NFCT_TCP_NLATTR_SIZE)
	TIMEOUTS(tcp, CTA_TIMEOUT_TCP_MAX, TCP_CONNTRACK_TIMEOUT_MAX)
};

const struct nf_conntrack_l4proto nf_conntrack_l4proto_udp = {
	.l4proto = IPPROTO_UDP,
	CLASH_CAN_BE_RESOLVED
	PORT_ATTRIBUTES
	TIMEOUTS(udp, CTA_TIMEOUT_UDP_MAX, UDP_CT_MAX)
};

#ifdef CONFIG_NF_CT_PROTO_UDPLITE
/* Shares UDP's timeouts. */
const struct nf_conntrack_l4proto nf_conntrack_l4proto_udplite = {
	.l4proto = IPPROTO_UDPLITE,
	CLASH_CAN_BE_RESOLVED
	PORT_ATTRIBUTES
	TIMEOUTS(udp, CTA_TIMEOUT_UDP_MAX, UDP_CT_MAX)
};
#endif

const struct nf_conntrack_l4proto nf_conntrack_l4proto_icmp = {
	.l4proto = IPPROTO_ICMP,
	ICMP_ATTRIBUTES(icmp)
	TIMEOUTS(icmp, CTA_TIMEOUT_ICMP_MAX, 1)
};

#if IS_ENABLED(CONFIG_IPV6)
const struct nf_conntrack_l4proto nf_conntrack_l4proto_icmpv6 = {
	.l4proto = IPPROTO_ICMPV6,
	ICMP_ATTRIBUTES(icmpv6)
	TIMEOUTS(icmpv6, CTA_TIMEOUT_ICMPV6_MAX, 1)
};
#endif

#ifdef CONFIG_NF_CT_PROTO_SCTP
const struct nf_conntrack_l4proto nf_conntrack_l4proto_sctp = {
	.l4proto = IPPROTO_SCTP,
	.can_early_drop = nfct_sctp_can_early_drop,
	STATE_COLUMN(nfct_print_sctp_state)
	PORT_ATTRIBUTES
	STATE_ATTRIBUTES(sctp, NFCT_SCTP_NLATTR_SIZE)
	TIMEOUTS(sctp, CTA_TIMEOUT_SCTP_MAX, SCTP_CONNTRACK_MAX)
};
#endif

#ifdef CONFIG_NF_CT_PROTO_DCCP
const struct nf_conntrack_l4proto nf_conntrack_l4proto_dccp = {
	.l4proto = IPPROTO_DCCP,
	.can_early_drop = nfct_dccp_can_early_drop,
	STATE_COLUMN(nfct_print_dccp_state)
	PORT_ATTRIBUTES
	STATE_ATTRIBUTES(dccp, NFCT_DCCP_NLATTR_SIZE)
	TIMEOUTS(dccp, CTA_TIMEOUT_DCCP_MAX, CT_DCCP_MAX)
};
#endif

#ifdef CONFIG_NF_CT_PROTO_GRE
const struct nf_conntrack_l4proto nf_conntrack_l4proto_gre = {
	.l4proto = IPPROTO_GRE,
#ifdef NFCT_GRE_CLASH_CAN_BE_RESOLVED
	CLASH_CAN_BE_RESOLVED
#endif
	STATE_COLUMN(nfct_print_gre_state)
	PORT_ATTRIBUTES
	TIMEOUTS(gre, CTA_TIMEOUT_GRE_MAX, GRE_CT_MAX)
};
#endif

/* Every protocol that has no row of its own. 255 is no protocol's number. */
const struct nf_conntrack_l4proto nf_conntrack_l4proto_generic = {
	.l4proto = 255,
	CLASH_CAN_BE_RESOLVED
	TIMEOUTS(generic, CTA_TIMEOUT_GENERIC_MAX, 1)
};

const struct nf_conntrack_l4proto *nf_ct_l4proto_find(u8 l4proto)
{
	switch (l4proto) {
	case IPPROTO_TCP:
		return &nf_conntrack_l4proto_tcp;
	case IPPROTO_UDP:
		return &nf_conntrack_l4proto_udp;
	case IPPROTO_ICMP:
		return &nf_conntrack_l4proto_icmp;
#if IS_ENABLED(CONFIG_IPV6)
	case IPPROTO_ICMPV6:
		return &nf_conntrack_l4proto_icmpv6;
#endif
#ifdef CONFIG_NF_CT_PROTO_UDPLITE
	case IPPROTO_UDPLITE:
		return &nf_conntrack_l4proto_udplite;
#endif
#ifdef CONFIG_NF_CT_PROTO_SCTP
	case IPPROTO_SCTP:
		return &nf_conntrack_l4proto_sctp;
#endif
#ifdef CONFIG_NF_CT_PROTO_DCCP
	case IPPROTO_DCCP:
		return &nf_conntrack_l4proto_dccp;
#endif
#ifdef CONFIG_NF_CT_PROTO_GRE
	case IPPROTO_GRE:
		return &nf_conntrack_l4proto_gre;
#endif
	default:
		return &nf_conntrack_l4proto_generic;
	}
}
