// SPDX-License-Identifier: GPL-2.0-only
// TCP options in memory of exactly their size: what a SYN offers, the highest SACK block, SACK blocks of a stream that NAT has shifted;
// and the arithmetic of such a stream.
//
// Input: 12 bytes of shift, a number, how many bytes of options, these; then the changes to a stream.

#include <memory>

#include <nfct/proto/seq_adjust.hpp>
#include <nfct/proto/tcp_options.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;
using tcp::SeqAdjust;

namespace {

class Exact {
public:
	explicit Exact(const Octets &o) : len{u32(o.size())}, p{new u8[o.size()]} { std::copy(o.begin(), o.end(), p.get()); }
	u32 len;
	std::unique_ptr<u8[]> p;
};

void write_be32(u8 *p, u32 v)
{
	for (u32 i = 0; i < 4; i++)
		p[i] = u8(v >> (24 - 8 * i));
}

void options(const Octets &given, const SeqAdjust &adjust, Seq ack)
{
	const Exact e(given);
	const u8 *begin = e.p.get(), *end = begin + e.len;

	tcp::for_each_option(begin, e.len, [&](u8, const u8 *value, u32 size) {
		CHECK(value >= begin && value <= end && size <= static_cast<usize>(end - value));
		return true;
	});
	const tcp::Offer offer = tcp::parse_offer(begin, e.len);
	CHECK(offer.scale <= tcp::max_scale && (offer.window_scale || offer.scale == 0));
	// Either nothing is higher, or it stands there.
	const Seq highest = tcp::highest_sack(begin, e.len, ack);
	bool stands_there = highest == ack;
	for (const u8 *p = begin; e.len >= 4 && p <= end - 4; p++)
		stands_there |= load_be32(p) == highest.v;
	CHECK(stands_there);

	// Only whole edges change, and the same ones whatever the shift.
	const Exact shifted(given), kept(given);
	u32 edges = 0, kept_edges = 0;
	const bool ok = tcp::adjust_sack(shifted.p.get(), shifted.len, adjust, [&](u8 *edge, Seq number) {
		CHECK(edge >= shifted.p.get() && edge + 4 <= shifted.p.get() + shifted.len);
		CHECK(number == tcp::as_sent(adjust, {load_be32(edge)}));
		write_be32(edge, number.v);
		edges++;
	});
	const bool kept_ok = tcp::adjust_sack(kept.p.get(), kept.len, SeqAdjust{}, [&](u8 *edge, Seq number) {
		CHECK(load_be32(edge) == number.v);
		kept_edges++;
	});
	CHECK(ok == kept_ok && edges == kept_edges && edges % 2 == 0 && edges * 4 <= shifted.len);
}

// A stream whose segments are lengthened and shortened: both ends' numbers stay translatable.
void stream(Input &in, Seq start)
{
	SeqAdjust adjust{};
	Seq sent = start, received = start;

	while (in.more()) {
		const u32 len = 130u + in.octet();
		const s32 by = static_cast<signed char>(in.octet());
		CHECK(sent + u32(tcp::shift_of(adjust, sent)) == received);
		if (by) {
			tcp::note_change(adjust, sent, by);
			const SeqAdjust once = adjust;
			tcp::note_change(adjust, sent, by); // sent again
			CHECK(once.position == adjust.position && once.before == adjust.before && (once.after == adjust.after || once.before == once.after));
			adjust = once;
			CHECK(sent + u32(tcp::shift_of(adjust, sent)) == received);
		}
		sent = sent + len;
		received = received + len + u32(by);
		CHECK(sent + u32(tcp::shift_of(adjust, sent)) == received);
		CHECK(tcp::as_sent(adjust, received) == sent);
	}
}

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	const SeqAdjust adjust = {{in.four()}, static_cast<s32>(in.four()), static_cast<s32>(in.four())};
	const Seq number = {in.four()};
	options(in.take(in.octet() % (tcp::max_options_len + 1)), adjust, number);
	stream(in, number);
	return 0;
}
