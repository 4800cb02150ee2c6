// SPDX-License-Identifier: GPL-2.0-only
/* What Open vSwitch and the traffic classifier's action ct share (kernel from 6.3 on: nf_conntrack_ovs.c). */
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>

#ifdef NFCT_KERNEL_DECLARES_nf_ct_helper
/* Where layer 4 begins, counted from skb->data, and what it is. False: there is none to be found, as in a later fragment. */
static bool find_layer4(const struct sk_buff *skb, u16 family, unsigned int *offset, u8 *protocol)
{
	__be16 fragment;
	int found;

	if (family == NFPROTO_IPV4) {
		*offset = ip_hdrlen(skb);
		*protocol = ip_hdr(skb)->protocol;
		return true;
	}
	*protocol = ipv6_hdr(skb)->nexthdr;
	found = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), protocol, &fragment);
	if (found < 0 || (fragment & htons(~0x7)))
		return false;
	*offset = found;
	return true;
}

/*
 * Shows the packet to its connection's helper, then gives it the numbers that its receiver expects. skb->data is at the network header;
 * `proto` is the family. NF_ACCEPT, NF_DROP or what the helper says. RCU.
 */
int nf_ct_helper(struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info ctinfo, u16 proto)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper;
	unsigned int offset;
	u8 protocol;
	int verdict;

	if (ctinfo == IP_CT_RELATED_REPLY || !help)
		return NF_ACCEPT;
	helper = rcu_dereference(help->helper);
	if (!helper || (helper->tuple.src.l3num != NFPROTO_UNSPEC && helper->tuple.src.l3num != proto))
		return NF_ACCEPT;
	if (proto != NFPROTO_IPV4 && proto != NFPROTO_IPV6) {
		WARN_ONCE(1, "helper invoked on non-IP family!");
		return NF_DROP;
	}
	if (!find_layer4(skb, proto, &offset, &protocol) || helper->tuple.dst.protonum != protocol)
		return NF_ACCEPT;

	verdict = helper->help(skb, offset, ct, ctinfo);
	if (verdict != NF_ACCEPT)
		return verdict;
	if (test_bit(IPS_SEQ_ADJUST_BIT, &ct->status) && !nf_ct_seq_adjust(skb, ct, ctinfo, offset))
		return NF_DROP;
	return NF_ACCEPT;
}

/*
 * Gives a template or an unconfirmed connection the helper of that name, held, in *hp too; with `nat` also the module that translates for
 * it. 0, -EINVAL (no such helper), -ENOMEM or -ENOENT (no such NAT helper). Process context.
 */
int nf_ct_add_helper(struct nf_conn *ct, const char *name, u8 family, u8 proto, bool nat, struct nf_conntrack_helper **hp)
{
	struct nf_conntrack_helper *helper = nf_conntrack_helper_try_module_get(name, family, proto);
	struct nf_conn_help *help;
	int err = 0;

	if (!helper)
		return -EINVAL;
	help = nf_ct_helper_ext_add(ct, GFP_KERNEL);
	if (!help)
		err = -ENOMEM;
	else if (IS_ENABLED(CONFIG_NF_NAT) && nat)
		err = nf_nat_helper_try_module_get(name, family, proto);
	if (err) {
		nf_conntrack_helper_put(helper);
		return err;
	}
	rcu_assign_pointer(help->helper, helper);
	*hp = helper;
	return 0;
}

/* Cuts off what lower layers padded behind the IP packet. skb->data is at a sound network header. 0 or a negative errno. */
int nf_ct_skb_network_trim(struct sk_buff *skb, int family)
{
	unsigned int len = skb->len;

	if (family == NFPROTO_IPV4) {
		len = skb_ip_totlen(skb);
	} else if (family == NFPROTO_IPV6) {
		len = skb_ipv6_payload_len(skb);
		if (ipv6_hdr(skb)->nexthdr == NEXTHDR_HOP) {
			int err = nf_ip6_check_hbh_len(skb, &len);

			if (err)
				return err;
		}
		len += sizeof(struct ipv6hdr);
	}
	return pskb_trim_rcsum(skb, len);
}

/*
 * Puts fragments together, those of a zone by themselves. 0: skb is whole now, *mru the size of its largest fragment, and for IPv6 *proto its
 * layer 4. -EINPROGRESS: skb was kept until the others come. Any other error: skb is gone.
 */
int nf_ct_handle_fragments(struct net *net, struct sk_buff *skb, u16 zone, u8 family, u8 *proto, u16 *mru)
{
	int err;

	if (family == NFPROTO_IPV4) {
		memset(IPCB(skb), 0, sizeof(struct inet_skb_parm));
		local_bh_disable();
		err = ip_defrag(net, skb, IP_DEFRAG_CONNTRACK_IN + zone);
		local_bh_enable();
		if (err)
			return err;
		*mru = IPCB(skb)->frag_max_size;
#if IS_ENABLED(CONFIG_NF_DEFRAG_IPV6)
	} else if (family == NFPROTO_IPV6) {
		memset(IP6CB(skb), 0, sizeof(struct inet6_skb_parm));
		err = nf_ct_frag6_gather(net, skb, IP6_DEFRAG_CONNTRACK_IN + zone);
		if (err) {
			if (err != -EINPROGRESS)
				kfree_skb(skb);
			return err;
		}
		*proto = ipv6_hdr(skb)->nexthdr;
		*mru = IP6CB(skb)->frag_max_size;
#endif
	} else {
		kfree_skb(skb);
		return -EPFNOSUPPORT;
	}
	skb_clear_hash(skb);
	skb->ignore_df = 1;
	return 0;
}
#endif
