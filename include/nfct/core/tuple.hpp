// SPDX-License-Identifier: GPL-2.0-only
// What identifies one direction of a connection; laid out exactly as struct nf_conntrack_tuple, so that the kernel's are read in place.
#pragma once

#include <nfct/base/endian.hpp>
#include <nfct/base/types.hpp>
#include <nfct/base/unsafe.hpp>
#include <nfct/core/direction.hpp>

namespace nfct {

struct PacketView;

// Values of the kernel's NFPROTO_* that can be tracked.
enum class L3 : u8 { ipv4 = 2, ipv6 = 10 };

namespace ipproto {
inline constexpr u8 icmp = 1, tcp = 6, udp = 17, dccp = 33, gre = 47, icmpv6 = 58, sctp = 132, udplite = 136;
} // namespace ipproto

// An address of either family; IPv4 uses the first word and leaves the others zero.
struct Addr {
	Be32 word[4];

	friend constexpr bool operator==(const Addr &, const Addr &) = default;
};

struct Tuple {
	Addr src;
	Be16 src_l4; // port, ICMP id, GRE key
	u16 l3num;   // L3
	Addr dst;
	Be16 dst_l4; // port, GRE key; for ICMP type and code, see icmp_type()
	u8 protonum; // ipproto
	u8 dir;      // Direction within the connection that owns this tuple; not part of its identity

	constexpr bool has_same_ends() const { return src_l4 == dst_l4 && src == dst; }
	constexpr u8 icmp_type() const { return static_cast<u8>(dst_l4.host() >> 8); }
	constexpr u8 icmp_code() const { return static_cast<u8>(dst_l4.host() & 0xff); }
	static constexpr Be16 icmp(u8 type, u8 code) { return Be16::from_host(static_cast<u16>(type << 8 | code)); }
};
static_assert(sizeof(Tuple) == 40);

// Same flow in the same direction: everything but dir. a_word(i) is the i-th eight bytes of the one, however the caller may read them.
// Two pieces are looked at first, in which most entries that a lookup meets differ: addresses of IPv4, ports.
template <class Words> inline bool same_flow_by(const Words &a_word, const Tuple &b)
{
	const auto differ = [&](usize i) { return a_word(i) ^ unsafe::load<u64>(reinterpret_cast<const u8 *>(&b) + i * sizeof(u64)); };
	if (differ(0) | differ(2))
		return false;
	constexpr u64 identity = ~u64(0) >> 8; // not dir, the last byte
	return !(differ(1) | differ(3) | (differ(4) & identity));
}
static_assert(__builtin_offsetof(Tuple, dir) == 5 * sizeof(u64) - 1);

inline bool same_flow(const Tuple &a, const Tuple &b)
{
	return same_flow_by([&](usize i) { return unsafe::load<u64>(reinterpret_cast<const u8 *>(&a) + i * sizeof(u64)); }, b);
}

// Whether an answer's tuple mirrors the question's. What an answer to ICMP looks like only invert() knows.
constexpr bool answers_mirror(u8 protonum) { return protonum != ipproto::icmp && protonum != ipproto::icmpv6; }

// Whether b is a seen from the other end: addresses and ports swapped.
constexpr bool mirrors(const Tuple &a, const Tuple &b)
{
	if (a.src.word[0] != b.dst.word[0] || a.dst.word[0] != b.src.word[0] || a.src_l4 != b.dst_l4 || a.dst_l4 != b.src_l4 ||
	    a.l3num != b.l3num || a.protonum != b.protonum)
		return false;
	return a.l3num == static_cast<u16>(L3::ipv4) || (a.src == b.dst && a.dst == b.src);
}

// b for which that holds.
constexpr Tuple mirror_of(const Tuple &t)
{
	return {t.dst, t.dst_l4, t.l3num, t.src, t.src_l4, t.protonum, static_cast<u8>(!t.dir)};
}

// The tuple of the packet in view, direction original. False if the layer-4 header is truncated, or GRE claims to be PPTP's but carries no
// PPP. Protocols without ports get zero ports. An ICMP message of any type gets a tuple: invert() tells which of them can be a flow.
// Follows nf_ct_get_tuple().
[[nodiscard]] bool tuple_of(const PacketView &packet, Tuple &out);

// Whether this is GRE that carries PPTP's data (version 1 with PPP in it): its tuple has the receiver's call id in dst_l4, and src_l4 waits
// for the sender's, which the packet does not have.
[[nodiscard]] bool is_pptp_data(const PacketView &packet);

// The tuple that an answer to orig would have. False for an ICMP type that has no answer. Follows nf_ct_invert_tuple(). orig and out
// are two objects.
[[nodiscard]] bool invert(const Tuple &__restrict orig, Tuple &__restrict out);

} // namespace nfct
