// SPDX-License-Identifier: GPL-2.0-only
/* A tuple as text: addresses, then what its protocol has in place of ports (kernel: print_tuple() of nf_conntrack_standalone.c). */
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/seq_file.h>

#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
static void print_addresses(struct seq_file *s, const struct nf_conntrack_tuple *tuple)
{
	if (tuple->src.l3num == NFPROTO_IPV4)
		seq_printf(s, "src=%pI4 dst=%pI4 ", &tuple->src.u3.ip, &tuple->dst.u3.ip);
	else if (tuple->src.l3num == NFPROTO_IPV6)
		seq_printf(s, "src=%pI6 dst=%pI6 ", tuple->src.u3.ip6, tuple->dst.u3.ip6);
}

void print_tuple(struct seq_file *s, const struct nf_conntrack_tuple *tuple, const struct nf_conntrack_l4proto *l4proto)
{
	print_addresses(s, tuple);

	switch (l4proto->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		seq_printf(s, "sport=%u dport=%u ", ntohs(tuple->src.u.all), ntohs(tuple->dst.u.all));
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		seq_printf(s, "type=%u code=%u id=%u ", tuple->dst.u.icmp.type, tuple->dst.u.icmp.code,
			   ntohs(tuple->src.u.icmp.id));
		break;
	case IPPROTO_GRE:
		seq_printf(s, "srckey=0x%x dstkey=0x%x ", ntohs(tuple->src.u.gre.key), ntohs(tuple->dst.u.gre.key));
		break;
	default:
		/* No ports: the addresses say it all. */
		break;
	}
}
#endif
