// SPDX-License-Identifier: GPL-2.0-only
// Packets for the host tests: built byte by byte, then handed out in buffers of exactly their size, so that the address sanitizer sees
// every byte read too many, in one piece or scattered like a packet that came in fragments of memory.
#pragma once

#include <cstring>
#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include <nfct/core/packet_view.hpp>

namespace nfct::test {

using Octets = std::vector<u8>;

inline Octets operator+(Octets a, const Octets &b)
{
	a.insert(a.end(), b.begin(), b.end());
	return a;
}

inline Octets be16(u16 v) { return {u8(v >> 8), u8(v)}; }
inline Octets be32(u32 v) { return be16(u16(v >> 16)) + be16(u16(v)); }
inline Octets zeros(usize n) { return Octets(n, 0); }

// A packet in memory of its own: the first `head` bytes in one heap block, the others in a second one.
class Memory {
public:
	Memory(const Octets &octets, usize head)
		: head_len{head}, tail_len{octets.size() - head}, front{new u8[head]}, back{new u8[tail_len]}
	{
		std::copy(octets.begin(), octets.begin() + head, front.get());
		std::copy(octets.begin() + head, octets.end(), back.get());
	}
	explicit Memory(const Octets &octets) : Memory(octets, octets.size()) {}

	Bytes bytes() const { return {front.get(), u32(head_len), u32(head_len + tail_len), this, tail_len ? gather : nullptr}; }

private:
	static bool gather(const void *more, u32 offset, void *to, u32 len)
	{
		const auto &m = *static_cast<const Memory *>(more);
		if (usize(offset) + len > m.head_len + m.tail_len)
			return false;
		for (u32 i = 0; i < len; i++) {
			const usize at = usize(offset) + i;
			static_cast<u8 *>(to)[i] = at < m.head_len ? m.front[at] : m.back[at - m.head_len];
		}
		return true;
	}

	usize head_len, tail_len;
	std::unique_ptr<u8[]> front, back;
};

// Calls check(bytes, length) for every truncation of the packet, each in one piece, scattered after the first byte, half-way, and
// entirely scattered. check must find the same in all four.
inline void for_each_truncation(const Octets &packet, const std::function<void(const Bytes &, usize)> &check)
{
	for (usize len = 0; len <= packet.size(); len++) {
		const Octets cut(packet.begin(), packet.begin() + len);
		for (usize head : {len, usize(len > 0), len / 2, usize(0)})
			check(Memory(cut, head).bytes(), len);
	}
}

// Headers. Lengths and checksums of the IP header are not filled in: nothing in the pure layers looks at them.
struct Ipv4 {
	u8 protocol = ipproto::udp;
	u16 fragment = 0; // flags and offset
	u8 words = 5;
	u32 src = 0x0a000001, dst = 0x0a000002;

	Octets operator()() const
	{
		return Octets{u8(0x40 | words), 0} + zeros(4) + be16(fragment) + Octets{64, protocol} + zeros(2) + be32(src) + be32(dst) +
		       zeros(words > 5 ? (words - 5) * 4 : 0);
	}
};

inline Octets ipv6_address(u8 last, u16 prefix = 0x2001)
{
	return be16(prefix) + zeros(13) + Octets{last};
}

struct Ipv6 {
	u8 next = ipproto::udp;
	Octets src = ipv6_address(1), dst = ipv6_address(2);
	u8 hop_limit = 64;

	Octets operator()() const { return Octets{0x60, 0, 0, 0, 0, 0, next, hop_limit} + src + dst; }
};

inline Octets udp_header(u16 sport, u16 dport, u16 len = 8, u16 checksum = 0x1234)
{
	return be16(sport) + be16(dport) + be16(len) + be16(checksum);
}

// Also ICMPv6: the fields are the same.
inline Octets icmp_header(u8 type, u8 code = 0, u16 id = 0x4242, u16 seq = 1)
{
	return Octets{type, code} + be16(0) + be16(id) + be16(seq);
}

// A parsed packet together with its memory.
class Parsed {
public:
	Parsed(L3 l3, const Octets &octets, u32 l3_offset = 0) : memory{octets}, reason{parse_l3(memory.bytes(), l3, l3_offset, view)} {}

private:
	Memory memory;

public:
	PacketView view;
	Reason reason;
};

inline bool same_bytes(const Tuple &a, const Tuple &b) { return same_flow(a, b) && a.dir == b.dir; }

} // namespace nfct::test
