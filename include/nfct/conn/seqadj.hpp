// SPDX-License-Identifier: GPL-2.0-only
// Sequence numbers of packets whose stream NAT has lengthened or shortened (conn/seqadj.cpp).
#pragma once

#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/extension.hpp>
#include <nfct/proto/seq_adjust.hpp>

extern "C" {
// The numbers of the packet's direction are shifted by off from the start (SYN proxy). Always 0. Takes the connection's lock.
int nf_ct_seqadj_init(struct nf_conn *ct, enum ip_conntrack_info ctinfo, s32 off);
// The segment of this number, in network byte order, was made off bytes longer. Always 0. Takes the connection's lock.
int nf_ct_seqadj_set(struct nf_conn *ct, enum ip_conntrack_info ctinfo, u32 seq, s32 off);
// The same for the IPv4 packet in hand; nothing if it is not TCP.
void nf_ct_tcp_seqadj_set(struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info ctinfo, s32 off);
// Gives the packet the numbers that its receiver expects; its TCP header is at protoff. For connections with IPS_SEQ_ADJUST only. 1, or 0 if
// it could not be done and the packet must be dropped. Takes the connection's lock.
int nf_ct_seq_adjust(struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info ctinfo, unsigned int protoff);
// How far this number, in host byte order, is shifted in a direction; 0 if nothing is. To be exact it needs the connection's lock.
s32 nf_ct_seq_offset(const struct nf_conn *ct, enum ip_conntrack_dir dir, u32 seq);
}

namespace nfct::conn {

// What a direction's numbers are shifted by, or null if nobody shifts them. Data under the connection's lock.
inline const tcp::SeqAdjust *seq_adjust_of(const nf_conn &ct, Direction d)
{
	const nf_conn_seqadj *both = seqadj_of(ct);
	// SAFETY: laid out alike; conn/seqadj.cpp asserts it.
	return both ? reinterpret_cast<const tcp::SeqAdjust *>(&both->seq[index(d)]) : nullptr;
}

} // namespace nfct::conn
