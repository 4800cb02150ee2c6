// SPDX-License-Identifier: GPL-2.0-only
// Sequence numbers of packets whose stream NAT has lengthened or shortened (kernel: nf_conntrack_seqadj.c); the arithmetic is in
// proto/seq_adjust.hpp. The extension's data is under the connection's lock.
#include <nfct/conn/seqadj.hpp>

#include <nfct/base/unsafe.hpp>
#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/guards.hpp>
#include <nfct/kernel/skb.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {
// 0 if the packet's first bytes are contiguous and nobody else's, which may move it. May allocate; any context.
int skb_ensure_writable(sk_buff *skb, unsigned int write_len);
void inet_proto_csum_replace4(u16 *sum, sk_buff *skb, u32 from, u32 to, bool pseudohdr);
}

namespace {

static_assert(sizeof(tcp::SeqAdjust) == sizeof(nf_ct_seqadj) && sizeof(nf_conn_seqadj) == 2 * sizeof(tcp::SeqAdjust));
static_assert(__builtin_offsetof(tcp::SeqAdjust, position) == __builtin_offsetof(nf_ct_seqadj, correction_pos));
static_assert(__builtin_offsetof(tcp::SeqAdjust, before) == __builtin_offsetof(nf_ct_seqadj, offset_before));
static_assert(__builtin_offsetof(tcp::SeqAdjust, after) == __builtin_offsetof(nf_ct_seqadj, offset_after));

// SAFETY: laid out alike, see above.
tcp::SeqAdjust &in_direction(nf_conn_seqadj &both, Direction d) { return reinterpret_cast<tcp::SeqAdjust &>(both.seq[index(d)]); }

// A TCP header in a packet's writable front. Void once the packet was made writable again.
struct Header {
	static constexpr u32 seq = 4, ack = 8, data_offset = 12, flags = 13, checksum = 16;

	sk_buff &skb;
	u32 offset;

	u8 *at(u32 field) const { return skb.data + offset + field; }
	u32 len() const { return u32(*at(data_offset) >> 4) * 4; }

	// Writes a number of four bytes and keeps the checksum right.
	void replace(u8 *where, Seq number) const
	{
		const u32 fresh = Be32::from_host(number.v).raw;
		// SAFETY: a TCP header is aligned to two bytes at least, so is its checksum.
		inet_proto_csum_replace4(reinterpret_cast<u16 *>(at(checksum)), &skb, unsafe::load<u32>(where), fresh, false);
		unsafe::copy(where, &fresh, sizeof(fresh));
	}
};

// False: an option is broken, or there is no memory to make them writable.
bool adjust_options(const Header &h, const tcp::SeqAdjust &theirs)
{
	const u32 len = h.len();
	if (skb_ensure_writable(&h.skb, h.offset + len))
		return false;
	return len <= tcp::min_header_len || tcp::adjust_sack(h.at(tcp::min_header_len), len - tcp::min_header_len, theirs,
							      [&](u8 *edge, Seq number) { h.replace(edge, number); });
}

} // namespace

extern "C" {

int nf_ct_seqadj_init(nf_conn *ct, ip_conntrack_info ctinfo, s32 off)
{
	nf_conn_seqadj *both = seqadj_of(*ct);
	if (off == 0 || !both)
		return 0;
	kernel::SpinBhGuard lock(ct->lock);
	kernel::set_bits(ct->status, IPS_SEQ_ADJUST);
	tcp::SeqAdjust &ours = in_direction(*both, direction_of(ctinfo));
	ours.before = ours.after = off;
	return 0;
}

int nf_ct_seqadj_set(nf_conn *ct, ip_conntrack_info ctinfo, u32 seq, s32 off)
{
	static bool warned;

	if (off == 0)
		return 0;
	nf_conn_seqadj *both = seqadj_of(*ct);
	if (!both) [[unlikely]] {
		nfct_shim_warn_once(&warned, "Missing nfct_seqadj_ext_add() setup call\n");
		return 0;
	}
	kernel::set_bits(ct->status, IPS_SEQ_ADJUST);
	kernel::SpinBhGuard lock(ct->lock);
	tcp::note_change(in_direction(*both, direction_of(ctinfo)), {Be32{seq}.host()}, off);
	return 0;
}

void nf_ct_tcp_seqadj_set(sk_buff *skb, nf_conn *ct, ip_conntrack_info ctinfo, s32 off)
{
	if (protonum(*ct) != ipproto::tcp)
		return;
	const u8 *ip = skb->head + skb->network_header;
	const u8 *header = ip + u32(ip[0] & 15) * 4;
	nf_ct_seqadj_set(ct, ctinfo, unsafe::load<u32>(header + Header::seq), off);
}

int nf_ct_seq_adjust(sk_buff *skb, nf_conn *ct, ip_conntrack_info ctinfo, unsigned int protoff)
{
	constexpr u8 ack_flag = 0x10;
	const Direction dir = direction_of(ctinfo);
	nf_conn_seqadj *both = seqadj_of(*ct);
	const Header h = {*skb, protoff};

	if (!both)
		return 1;
	if (skb_ensure_writable(skb, protoff + tcp::min_header_len))
		return 0;
	kernel::SpinBhGuard lock(ct->lock);
	const Seq seq = {load_be32(h.at(Header::seq))};
	h.replace(h.at(Header::seq), seq + static_cast<u32>(tcp::shift_of(in_direction(*both, dir), seq)));
	if (!(*h.at(Header::flags) & ack_flag))
		return 1;
	const tcp::SeqAdjust &theirs = in_direction(*both, opposite(dir));
	h.replace(h.at(Header::ack), tcp::as_sent(theirs, {load_be32(h.at(Header::ack))}));
	return adjust_options(h, theirs);
}

s32 nf_ct_seq_offset(const nf_conn *ct, ip_conntrack_dir dir, u32 seq)
{
	nf_conn_seqadj *both = seqadj_of(*ct);
	return both ? tcp::shift_of(in_direction(*both, static_cast<Direction>(dir)), {seq}) : 0;
}

} // extern "C"
