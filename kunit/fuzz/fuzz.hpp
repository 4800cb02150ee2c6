// SPDX-License-Identifier: GPL-2.0-only
// What the fuzz targets share: the fuzzer's bytes as a stream of decisions, checks that end the run, and what must hold of any Outcome.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <nfct/core/outcome.hpp>

#include "../host/packet.hpp"

// Unlike assert() it stays whatever the build; libFuzzer keeps the input of a run that aborts.
#define CHECK(condition)                                                                                          \
	do {                                                                                                      \
		if (!(condition)) [[unlikely]] {                                                                  \
			std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);      \
			std::abort();                                                                             \
		}                                                                                                 \
	} while (0)

namespace nfct::fuzz {

using test::Memory;
using test::Octets;
using test::operator+;
using test::be16;
using test::be32;
using test::zeros;

// The input, read from its front. Behind its end everything is 0, so that a shorter input is a simpler one.
class Input {
public:
	Input(const u8 *data, usize size) : p{data}, left{size} {}

	bool more() const { return left; }
	usize rest() const { return left; }
	u8 octet()
	{
		if (!left)
			return 0;
		left--;
		return *p++;
	}
	u16 two()
	{
		const u8 high = octet();
		return u16(high << 8 | octet());
	}
	u32 four()
	{
		const u16 high = two();
		return u32(high) << 16 | two();
	}
	bool flip() { return octet() & 1; }
	// Up to len bytes; fewer if there are not so many.
	Octets take(usize len)
	{
		if (len > left)
			len = left;
		Octets o(p, p + len);
		p += len;
		left -= len;
		return o;
	}

private:
	const u8 *p;
	usize left;
};

constexpr usize least(usize a, usize b) { return a < b ? a : b; }

// How far a packet is linear: all of it, nothing, or somewhere between.
inline usize head_of(u8 choice, usize len)
{
	if (choice < 128)
		return len;
	return least(usize(choice - 128), len);
}

// What packet/ relies on, of any tracker. timeouts: all that may come out.
inline void sound(const Outcome &o, const u32 *timeouts, usize count)
{
	CHECK(o.verdict() == Verdict::accept || o.verdict() == Verdict::invalid || o.verdict() == Verdict::drop || o.verdict() == Verdict::retry);
	CHECK(static_cast<u8>(o.reason()) < static_cast<u8>(Reason::count_));
	if (o.verdict() == Verdict::invalid || o.verdict() == Verdict::drop)
		CHECK(o.reason() != Reason::none && !o.has(todo::refresh | todo::kill));
	if (o.verdict() == Verdict::retry)
		CHECK(o.has(todo::kill) && !o.has(todo::refresh | todo::retime));
	CHECK(!(o.has(todo::refresh) && o.has(todo::retime | todo::kill)));
	CHECK(!(o.events() & ~(bit(Event::reply) | bit(Event::assured) | bit(Event::protoinfo))));
	if (o.has(todo::refresh | todo::retime)) {
		bool known = false;
		for (usize i = 0; i < count; i++)
			known |= timeouts[i] == o.timeout;
		CHECK(known);
	}
}

} // namespace nfct::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, decltype(sizeof(0)) size);
