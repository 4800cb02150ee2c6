// SPDX-License-Identifier: GPL-2.0-only
// The numbers of a TCP stream in which NAT has lengthened or shortened a payload (kernel: nf_conntrack_seqadj.c).
//
// Say a helper of NAT replaced 10 bytes by 14 in the segment at sequence number p. Of what the sender numbers up to p the receiver has the
// same number, of what is behind it one that is 4 higher; acknowledgements that come back are 4 lower for the sender. A second change
// moves p on: then only the last two shifts are known, which is enough as long as nothing from before the last but one is sent again.
#pragma once

#include <nfct/base/endian.hpp>
#include <nfct/base/seq.hpp>
#include <nfct/proto/tcp_options.hpp>

namespace nfct::tcp {

// Of what one side sends. Laid out as the kernel's struct nf_ct_seqadj.
struct SeqAdjust {
	Seq position; // of the last change, as the sender numbers
	s32 before;   // shift up to there
	s32 after;    // shift behind it
};
static_assert(sizeof(SeqAdjust) == 12);

// To be added to a number that its sender gave.
constexpr s32 shift_of(const SeqAdjust &a, Seq sent) { return after(sent, a.position) ? a.after : a.before; }

// A number that the receiver gave (an ACK, the edge of a SACK block), as the sender knows it.
constexpr Seq as_sent(const SeqAdjust &a, Seq received)
{
	const bool behind = after(received - static_cast<u32>(a.before), a.position);
	return received - static_cast<u32>(behind ? a.after : a.before);
}

// The segment that its sender numbers `at` was made `by` bytes longer. One that was changed already is only sent again.
constexpr void note_change(SeqAdjust &a, Seq at, s32 by)
{
	if (a.before != a.after && !before(a.position, at))
		return;
	a.position = at;
	a.before = a.after;
	a.after = static_cast<s32>(static_cast<u32>(a.after) + static_cast<u32>(by));
}

// Calls replace(edge, number) for both edges of each block of each sound SACK option within len bytes at p, with the number as the other side
// knows it; edge points to four bytes that need not be aligned. False if an option's length is broken: what stood before it is replaced.
template <typename Replace>
[[nodiscard]] constexpr bool adjust_sack(u8 *p, u32 len, const SeqAdjust &a, Replace replace)
{
	u32 at = 0;

	while (at < len) {
		const u8 kind = p[at];
		if (kind == option::end)
			return true;
		if (kind == option::nop) {
			at++;
			continue;
		}
		if (len - at < 2)
			return false;
		const u32 size = p[at + 1];
		if (size < 2 || size > len - at)
			return false;
		if (kind == option::sack && size > 2 && (size - 2) % option::sack_block_len == 0)
			for (u32 edge = at + 2; edge < at + size; edge += 4)
				replace(p + edge, as_sent(a, {load_be32(p + edge)}));
		at += size;
	}
	return true;
}

} // namespace nfct::tcp
