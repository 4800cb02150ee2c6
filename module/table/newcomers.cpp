// SPDX-License-Identifier: GPL-2.0-only
// The ring behind table/newcomers.hpp.
#include <nfct/table/newcomers.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

namespace {

constexpr u32 places = 2048, few = places / 4;
constexpr u32 tries = 8;

u64 ring[places]; // hash, and its netns' hash_mix above
// The next place to write, and the oldest to read, counting on. `in` behind `out`, for two who took the last one: none are left.
alignas(64) int in;
alignas(64) int out;

u64 &place(u32 counter) { return ring[counter % places]; }
u32 load(const int &counter) { return static_cast<u32>(kernel::read_once(counter)); }

bool advance(int &counter, u32 from, u32 to)
{
	int old = static_cast<int>(from);
	return kernel::exchange_if(counter, old, static_cast<int>(to));
}

void put(u64 entry)
{
	const u32 at = static_cast<u32>(kernel::fetch_add(in, 1));
	kernel::write_once(place(at), entry);
	// The oldest was overwritten. If somebody else moves it on this moment, that is as good.
	if (const u32 oldest = load(out); static_cast<s32>(at - oldest) >= static_cast<s32>(places))
		(void)advance(out, oldest, at + 1 - places);
}

// False: it changed under our eyes.
bool try_take(u32 begin, u32 end, Age age, u64 &entry)
{
	if (age == Age::oldest) {
		entry = kernel::read_once(place(begin));
		return advance(out, begin, begin + 1);
	}
	entry = kernel::read_once(place(end - 1));
	return advance(in, end, end - 1);
}

} // namespace

bool recall_newcomer(const net &n, Age age, u32 &hash)
{
	for (u32 i = 0; i < tries; i++) {
		const u32 begin = load(out), end = load(in);
		if (static_cast<s32>(end - begin) <= 0)
			return false;
		u64 entry;
		if (!try_take(begin, end, age, entry))
			continue;
		if (entry >> 32 == n.hash_mix) {
			hash = static_cast<u32>(entry);
			return true;
		}
		put(entry); // somebody else's
	}
	return false;
}

bool are_few_newcomers_known()
{
	return static_cast<s32>(load(in) - load(out)) < static_cast<s32>(few);
}

void remember_newcomer(const net &n, u32 hash)
{
	put(hash | u64(n.hash_mix) << 32);
}

} // namespace nfct::table
