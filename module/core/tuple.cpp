// SPDX-License-Identifier: GPL-2.0-only
// The tuple of a packet and its inverse (kernel: nf_ct_get_tuple, nf_ct_invert_tuple).

#include <nfct/core/tuple.hpp>

#include <nfct/base/unsafe.hpp>
#include <nfct/core/icmp_types.hpp>
#include <nfct/core/packet_view.hpp>

#include <nfct/base/poison.hpp>

namespace nfct {

namespace {

// Source address, the destination right behind it.
constexpr u32 ipv4_addresses = 12, ipv6_addresses = 8;

bool addresses(const PacketView &packet, Tuple &t)
{
	NFCT_SCRATCH u8 buf[32];

	switch (packet.l3) {
	case L3::ipv4: {
		const u8 *p = packet.bytes.at(packet.l3_offset + ipv4_addresses, 8, buf);
		if (!p)
			return false;
		t.src.word[0] = unsafe::load<Be32>(p);
		t.dst.word[0] = unsafe::load<Be32>(p + 4);
		return true;
	}
	case L3::ipv6: {
		const u8 *p = packet.bytes.at(packet.l3_offset + ipv6_addresses, 32, buf);
		if (!p)
			return false;
		t.src = unsafe::load<Addr>(p);
		t.dst = unsafe::load<Addr>(p + 16);
		return true;
	}
	}
	return false;
}

// TCP, UDP, UDP-Lite, SCTP and DCCP all begin with the two ports.
bool ports(const PacketView &packet, Tuple &t)
{
	NFCT_SCRATCH u8 buf[4];
	const u8 *p = packet.l4(0, 4, buf);
	if (!p)
		return false;
	t.src_l4 = unsafe::load<Be16>(p);
	t.dst_l4 = unsafe::load<Be16>(p + 2);
	return true;
}

// ICMP and ICMPv6: type, code, checksum, identifier, sequence number. The id is taken from every type, though few have one there:
// for the others there is no inverse, so no flow comes of it.
bool icmp_fields(const PacketView &packet, Tuple &t)
{
	NFCT_SCRATCH u8 buf[8];
	const u8 *p = packet.l4(0, 8, buf);
	if (!p)
		return false;
	t.src_l4 = unsafe::load<Be16>(p + 4);
	t.dst_l4 = Tuple::icmp(p[0], p[1]);
	return true;
}

constexpr u16 gre_protocol_ppp = 0x880b;

// The first eight bytes of the enhanced GRE of PPTP (version 1, RFC 2637), or null if it is another GRE or too short.
const u8 *enhanced_gre(const PacketView &packet, u8 (&buf)[8])
{
	constexpr u16 version_mask = 0x0007, version_pptp = 1;

	const u8 *base = packet.l4(0, 4, buf);
	if (!base || (load_be16(base) & version_mask) != version_pptp)
		return nullptr;
	return packet.l4(0, 8, buf);
}

// Only enhanced GRE has something like a port: the call id of the receiver. The sender's is not in the packet; whoever knows it
// (packet/gre_keymap.cpp) fills in src_l4. All other GRE is told apart by addresses alone.
bool gre_fields(const PacketView &packet, Tuple &t)
{
	NFCT_SCRATCH u8 buf[8];
	const u8 *p = enhanced_gre(packet, buf);
	if (!p)
		return true;
	if (load_be16(p + 2) != gre_protocol_ppp)
		return false;
	t.dst_l4 = unsafe::load<Be16>(p + 6);
	return true;
}

} // namespace

// A tuple in five stores. Whoever asks for one copies it at once, in words: written in smaller pieces, it would be waited for.
[[gnu::always_inline]] static inline void write(Tuple &t, const Addr &src, Be16 src_l4, u16 l3num, const Addr &dst, Be16 dst_l4, u8 protonum, u8 dir)
{
	const u64 words[] = {src.word[0].raw | u64(src.word[1].raw) << 32, src.word[2].raw | u64(src.word[3].raw) << 32,
			     src_l4.raw | u64(l3num) << 16 | u64(dst.word[0].raw) << 32, dst.word[1].raw | u64(dst.word[2].raw) << 32,
			     dst.word[3].raw | u64(dst_l4.raw) << 32 | u64(protonum) << 48 | u64(dir) << 56};
	static_assert(sizeof(words) == sizeof(Tuple) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	unsafe::copy(&t, words, sizeof(words));
}

bool tuple_of(const PacketView &packet, Tuple &out)
{
	out = Tuple{};
	out.l3num = static_cast<u16>(packet.l3);
	out.protonum = packet.protonum;
	out.dir = static_cast<u8>(Direction::original);
	if (!addresses(packet, out))
		return false;

	if (packet.protonum == ipproto::tcp || packet.protonum == ipproto::udp) [[likely]]
		return ports(packet, out);
	switch (packet.protonum) {
	case ipproto::udplite:
	case ipproto::sctp:
	case ipproto::dccp:
		return ports(packet, out);
	case ipproto::icmp:
	case ipproto::icmpv6:
		return icmp_fields(packet, out);
	case ipproto::gre:
		return gre_fields(packet, out);
	}
	return true;
}

bool is_pptp_data(const PacketView &packet)
{
	NFCT_SCRATCH u8 buf[8];
	const u8 *p = packet.protonum == ipproto::gre ? enhanced_gre(packet, buf) : nullptr;
	return p && load_be16(p + 2) == gre_protocol_ppp;
}

bool invert(const Tuple &__restrict orig, Tuple &__restrict out)
{
	Be16 src_l4 = orig.dst_l4, dst_l4 = orig.src_l4;
	bool answered = true;
	if (!answers_mirror(orig.protonum)) [[unlikely]] {
		const MaybeType answer = orig.protonum == ipproto::icmp ? icmp_counterpart(orig.icmp_type()) : icmpv6_counterpart(orig.icmp_type());
		answered = answer.some;
		src_l4 = answered ? orig.src_l4 : Be16{}; // an answer repeats the id
		dst_l4 = answered ? Tuple::icmp(answer.type, orig.icmp_code()) : Be16{};
	}
	if (orig.l3num == static_cast<u16>(L3::ipv6)) {
		write(out, orig.dst, src_l4, orig.l3num, orig.src, dst_l4, orig.protonum, !orig.dir);
	} else {
		// The words behind an IPv4 address must be zero for a tuple to compare equal, whatever the caller left in them.
		const bool v4 = orig.l3num == static_cast<u16>(L3::ipv4);
		write(out, {v4 ? orig.dst.word[0] : Be32{}, {}, {}, {}}, src_l4, orig.l3num, {v4 ? orig.src.word[0] : Be32{}, {}, {}, {}}, dst_l4,
		      orig.protonum, !orig.dir);
	}
	return answered;
}

} // namespace nfct
