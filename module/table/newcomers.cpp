// SPDX-License-Identifier: GPL-2.0-only
// The ring behind table/newcomers.hpp.
#include <nfct/table/newcomers.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

namespace {

constexpr u32 places = 2048;
constexpr u32 tries = 8;

u64 ring[places]; // hash, and its netns' hash_mix above
alignas(64) u32 in;
alignas(64) u32 out; // more than `places` apart: the oldest are overwritten; `in` behind `out`, for two who took the last one: none are left

void put(u64 entry)
{
	kernel::write_once(ring[__atomic_fetch_add(&in, 1, __ATOMIC_RELAXED) % places], entry);
}

// False: it changed under our eyes.
bool try_take(u32 begin, u32 end, Age age, u64 &entry)
{
	const bool oldest = age == Age::oldest;
	const u32 first = end - begin > places ? end - places : begin;
	u32 &counter = oldest ? out : in, was = oldest ? begin : end;
	entry = kernel::read_once(ring[(oldest ? first : end - 1) % places]);
	return __atomic_compare_exchange_n(&counter, &was, oldest ? first + 1 : end - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

} // namespace

bool recall_newcomer(const net &n, Age age, u32 &hash)
{
	for (u32 i = 0; i < tries; i++) {
		const u32 begin = kernel::read_once(out), end = kernel::read_once(in);
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

void remember_newcomer(const net &n, u32 hash)
{
	put(hash | u64(n.hash_mix) << 32);
}

} // namespace nfct::table
