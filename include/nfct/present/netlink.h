/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink faces of the protocols: what present/l4protos.c puts into struct nf_conntrack_l4proto. */
#ifndef NFCT_PRESENT_NETLINK_H
#define NFCT_PRESENT_NETLINK_H

#include <linux/types.h>
#include <net/netlink.h>

struct net;
struct nf_conn;
struct nf_conntrack_tuple;
struct sk_buff;

/* netlink_tuple.c: the layer-4 part of a tuple, for protocols without ports. */
extern const struct nla_policy nfct_icmp_nla_policy[];
extern const struct nla_policy nfct_icmpv6_nla_policy[];
int nfct_icmp_tuple_to_nlattr(struct sk_buff *skb, const struct nf_conntrack_tuple *tuple);
int nfct_icmp_nlattr_to_tuple(struct nlattr *tb[], struct nf_conntrack_tuple *tuple, u32 flags);
int nfct_icmpv6_tuple_to_nlattr(struct sk_buff *skb, const struct nf_conntrack_tuple *tuple);
int nfct_icmpv6_nlattr_to_tuple(struct nlattr *tb[], struct nf_conntrack_tuple *tuple, u32 flags);
/* Both families: one id, one type, one code. */
unsigned int nfct_icmp_nlattr_tuple_size(void);

/*
 * netlink_{tcp,sctp,dccp}.c: a connection's protocol state. `destroy`: the connection is gone, and only the state that it ended in is
 * of interest. *_NLATTR_SIZE bounds what *_to_nlattr() puts inside the nest.
 */
#define NFCT_NLATTR(size) NLA_ALIGN(NLA_HDRLEN + (size))
#define NFCT_TCP_NLATTR_SIZE (3 * NFCT_NLATTR(sizeof(u8)) + 2 * NFCT_NLATTR(sizeof(struct nf_ct_tcp_flags)))
#define NFCT_SCTP_NLATTR_SIZE (NFCT_NLATTR(sizeof(u8)) + 2 * NFCT_NLATTR(sizeof(u32)))
/* The last one is padding in front of the 64-bit number. */
#define NFCT_DCCP_NLATTR_SIZE (2 * NFCT_NLATTR(sizeof(u8)) + NFCT_NLATTR(sizeof(u64)) + NFCT_NLATTR(0))
int nfct_tcp_to_nlattr(struct sk_buff *skb, struct nlattr *nla, struct nf_conn *ct, bool destroy);
int nfct_tcp_from_nlattr(struct nlattr *tb[], struct nf_conn *ct);
int nfct_sctp_to_nlattr(struct sk_buff *skb, struct nlattr *nla, struct nf_conn *ct, bool destroy);
int nfct_sctp_from_nlattr(struct nlattr *tb[], struct nf_conn *ct);
int nfct_dccp_to_nlattr(struct sk_buff *skb, struct nlattr *nla, struct nf_conn *ct, bool destroy);
int nfct_dccp_from_nlattr(struct nlattr *tb[], struct nf_conn *ct);

/*
 * netlink_timeout.c: a protocol's timeouts, for nfnetlink_cttimeout. From attributes to the object `data`, where what is not given is the
 * netns's default; to the netns's defaults themselves if data is null.
 */
extern const struct nla_policy nfct_timeout_nla_policy[];
#define NFCT_DECLARE_TIMEOUT(proto)                                                                                            \
	int nfct_##proto##_timeout_from_nlattr(struct nlattr *tb[], struct net *net, void *data);                              \
	int nfct_##proto##_timeout_to_nlattr(struct sk_buff *skb, const void *data)
NFCT_DECLARE_TIMEOUT(generic);
NFCT_DECLARE_TIMEOUT(tcp);
NFCT_DECLARE_TIMEOUT(udp);
NFCT_DECLARE_TIMEOUT(icmp);
NFCT_DECLARE_TIMEOUT(icmpv6);
NFCT_DECLARE_TIMEOUT(sctp);
NFCT_DECLARE_TIMEOUT(dccp);
NFCT_DECLARE_TIMEOUT(gre);

#endif
