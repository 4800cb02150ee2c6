// SPDX-License-Identifier: GPL-2.0-only
// Where the newest connections of a nearly full table are. Each begins unassured, so one of them may go when there is no room: early drop asks
// here before it searches far, and finds a victim among any number of assured connections.
//
// A ring of hints: what is overwritten, or read while it is written, is a victim missed. Any context, no lock.
#pragma once

#include <nfct/kernel/netns.hpp>
#include <nfct/table/table.hpp>

namespace nfct::table {

enum class Age : u8 { oldest, newest };

// A newly confirmed connection of this netns is at this hash.
void remember_newcomer(const net &n, u32 hash);
// The oldest that is remembered of this netns, or the newest, and forgotten now. False: none, or too many of other namespaces before it.
bool recall_newcomer(const net &n, Age age, u32 &hash);
// Fewer than a quarter of what there is room for, of whatever netns; some of them may be gone or assured.
bool are_few_newcomers_known();

// The same as remember_newcomer() if less than an eighth of the room is left.
inline void note_newcomer(const net &n, u32 hash, const kernel::RcuRead &rcu)
{
	const u32 max = kernel::read_once(nf_conntrack_max);
	// 0, no limit: never.
	if (static_cast<u32>(kernel::read_once(pernet(n, rcu).kernel.count.counter)) > max - max / 8 - 1) [[unlikely]]
		remember_newcomer(n, hash);
}

} // namespace nfct::table
