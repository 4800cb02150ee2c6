// SPDX-License-Identifier: GPL-2.0-only
// A tuple packed into as few words as identify it, and the keyed hash over them: the table's key (kernel: hash_conntrack_raw).
#pragma once

#include <nfct/base/siphash.hpp>
#include <nfct/core/tuple.hpp>

namespace nfct {

// IPv4: the two addresses in one word. IPv6: four words. The rest is the same for both and just fits into the 56 bits that SipHash
// leaves beside the length in its last block, so that an IPv4 flow costs two blocks:
//
//	bit  0..15 source port, ICMP id, GRE key
//	    16..31 destination port, ICMP type and code, GRE key
//	    32..39 protocol
//	    40..55 zone
//
// Two tuples of the same zone pack equal if and only if same_flow() (given that l3num is one of L3).
struct FlowKey {
	u64 address[4];
	u32 address_words; // 1 or 4; also tells the families apart, for it sets the hashed length
	u64 rest;

	friend constexpr bool operator==(const FlowKey &, const FlowKey &) = default;
};

constexpr u64 join(Be32 low, Be32 high) { return u64(low.raw) | u64(high.raw) << 32; }

constexpr FlowKey pack(const Tuple &t, u16 zone)
{
	const u64 rest = u64(t.src_l4.raw) | u64(t.dst_l4.raw) << 16 | u64(t.protonum) << 32 | u64(zone) << 40;

	if (t.l3num == static_cast<u16>(L3::ipv6)) [[unlikely]]
		return {{join(t.src.word[0], t.src.word[1]), join(t.src.word[2], t.src.word[3]), join(t.dst.word[0], t.dst.word[1]),
			 join(t.dst.word[2], t.dst.word[3])}, 4, rest};
	return {{join(t.src.word[0], t.dst.word[0]), 0, 0, 0}, 1, rest};
}

// Puts the smaller end first: a flow and its mirror (mirrors()) have one key in order.
constexpr void put_in_order(FlowKey &k)
{
	const u32 ports = static_cast<u32>(k.rest), swapped_ports = ports << 16 | ports >> 16;
	bool swap;

	if (k.address_words == 4) [[unlikely]] {
		u64(&a)[4] = k.address;
		swap = a[0] != a[2] ? a[0] > a[2] : a[1] != a[3] ? a[1] > a[3] : ports > swapped_ports;
		const u64 all = swap ? ~u64(0) : 0, differ[2] = {(a[0] ^ a[2]) & all, (a[1] ^ a[3]) & all};
		for (u32 i = 0; i < 2; i++) {
			a[i] ^= differ[i];
			a[i + 2] ^= differ[i];
		}
	} else {
		const u64 both = k.address[0], swapped = both << 32 | both >> 32;
		swap = both != swapped ? both > swapped : ports > swapped_ports;
		k.address[0] = swap ? swapped : both;
	}
	k.rest = k.rest >> 32 << 32 | (swap ? swapped_ports : ports);
}

inline constexpr u32 hash_bits = 31; // the lowest bit of a hash is 0

// The bucket hash of a flow, the same as that of its mirror, which is what answers come with unless NAT has its hand in it, or ICMP. net_mix
// tells network namespaces apart (the kernel's net_hash_mix()); it goes into the key, not into the message: each namespace thus has its
// own hash function, at no cost.
constexpr u32 flow_hash(const Tuple &t, u16 zone, u32 net_mix, SipKey key)
{
	FlowKey k = pack(t, zone);
	put_in_order(k);
	SipHash13 sip{SipKey{key.k0, key.k1 ^ net_mix}};

	sip.absorb(k.address[0]);
	if (k.address_words == 4) [[unlikely]] {
		sip.absorb(k.address[1]);
		sip.absorb(k.address[2]);
		sip.absorb(k.address[3]);
	}
	return static_cast<u32>(sip.finish(k.rest, k.address_words * 8 + 7)) & ~1u;
}

} // namespace nfct
