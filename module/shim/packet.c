// SPDX-License-Identifier: GPL-2.0-only
/* Packet buffers for C++, where a field is not enough (kernel: linux/skbuff.h, netfilter.h). */
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/sctp.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/sctp/checksum.h>
#include <nfct/shim/kernel.h>

bool nfct_shim_skb_gather(const void *skb, unsigned int offset, void *to, unsigned int len)
{
	return skb_copy_bits(skb, offset, to, len) == 0;
}

bool nfct_shim_in_vrf_postrouting(const struct nf_hook_state *state)
{
	return IS_ENABLED(CONFIG_NET_L3_MASTER_DEV) && state->hook == NF_INET_POST_ROUTING && netif_is_l3_master(state->out);
}

bool nfct_shim_sctp_crc_bad(struct sk_buff *skb, unsigned int offset)
{
	const struct sctphdr *header;

	if (skb->ip_summed != CHECKSUM_NONE)
		return false;
	if (skb_ensure_writable(skb, offset + sizeof(*header)))
		return true;
	header = (const struct sctphdr *)(skb->data + offset);
	if (header->checksum != sctp_compute_cksum(skb, offset))
		return true;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return false;
}

bool nfct_shim_is_loopback_packet(const struct sk_buff *skb)
{
	return nf_is_loopback_packet(skb);
}
