// SPDX-License-Identifier: GPL-2.0-only
// Any two tuples, as user space may give them, and masks: inversion, packing into the table's key, comparison under a mask.
//
// Input: 38 bytes a tuple, how the second differs from the first, a mask of 18 bytes, two zones.

#include <nfct/core/flow_key.hpp>
#include <nfct/core/icmp_types.hpp>
#include <nfct/core/tuple_mask.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;

namespace {

// Whether families are real and IPv4's unused words zero, as all tuples in the table have it.
bool regular(const Tuple &t)
{
	if (t.l3num == static_cast<u16>(L3::ipv6))
		return true;
	for (u32 i = 1; i < 4; i++)
		if (t.src.word[i].raw || t.dst.word[i].raw)
			return false;
	return t.l3num == static_cast<u16>(L3::ipv4);
}

Tuple read_tuple(Input &in)
{
	Tuple t{};
	const u8 family = in.octet();
	t.l3num = family & 2 ? u16(family >> 2) : static_cast<u16>(family & 1 ? L3::ipv6 : L3::ipv4);
	const u32 words = t.l3num == static_cast<u16>(L3::ipv4) && !(family & 0x80) ? 1 : 4;
	for (Addr *a : {&t.src, &t.dst})
		for (u32 i = 0; i < words; i++)
			a->word[i].raw = in.four();
	t.src_l4.raw = in.two();
	t.dst_l4.raw = in.two();
	t.protonum = in.octet();
	t.dir = in.flip();
	return t;
}

void check_inverse(const Tuple &t)
{
	Tuple back, again;
	// What the caller left there must not show.
	std::memset(&back, 0xff, sizeof(back));
	if (!invert(t, back)) {
		CHECK(t.protonum == ipproto::icmp || t.protonum == ipproto::icmpv6);
		return;
	}
	CHECK(back.dir != t.dir && back.l3num == t.l3num && back.protonum == t.protonum);
	CHECK(invert(back, again));
	if (regular(t))
		CHECK(test::same_bytes(again, t));
}

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	const Tuple a = read_tuple(in);
	Tuple b = in.flip() ? read_tuple(in) : a;
	if (in.flip())
		b.src_l4.raw ^= in.two();
	b.dir = in.flip();

	check_inverse(a);
	check_inverse(b);

	const u16 zone = in.two(), other_zone = in.flip() ? in.two() : zone;
	const SipKey key = {in.four(), in.four()};
	CHECK(same_flow(a, b) == same_flow(b, a));
	if (regular(a) && regular(b)) {
		CHECK((pack(a, zone) == pack(b, other_zone)) == (same_flow(a, b) && zone == other_zone));
		if (same_flow(a, b))
			CHECK(flow_hash(a, zone, 1, key) == flow_hash(b, zone, 1, key));
	}

	TupleMask mask{}, all, nothing{};
	for (Be32 &w : mask.src.word)
		w.raw = in.four();
	mask.src_l4.raw = in.two();
	std::memset(&all, 0xff, sizeof(all));
	CHECK((mask & all) == mask && (mask & nothing) == nothing);
	CHECK(same_under(a, b, all) == same_flow(a, b));
	if (same_flow(a, b))
		CHECK(same_under(a, b, mask));
	if (same_under(a, b, mask))
		CHECK(same_under(a, b, nothing) && same_under(b, a, mask));
	return 0;
}
