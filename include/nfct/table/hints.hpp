// SPDX-License-Identifier: GPL-2.0-only
// Where the connection that a chain begins with may be, so that it is fetched together with the chain's head, not after it.
//
// Behind an array's heads there is a group of hints for each sixteen of them: six lines of memory in which a connection begins that was linked in one
// of these buckets, and whose they are. 28 bytes for 128, so that they are in a cache that the heads are too large for. Who follows one only
// fetches; it may be of another chain of another time, and the memory somebody else's. In a small table the heads are in that cache, in a very
// large one not even the hints are: there are none.
//
// Groups are written under the lock of one of their buckets, which keeps out nobody who has another: what one writes the other may undo. Then a
// chain has no hint, or one to nobody, until the next connection is linked there.
#pragma once

#include <nfct/table/fetch.hpp>
#include <nfct/table/hint_tags.hpp>

namespace nfct::table {

struct HintGroup {
	u32 lines[group_hints]; // of what the kernel maps directly: 256 GiB can be told apart, beyond that a hint leads astray
	u32 tags_word;

	HintTags tags() const { return HintTags(kernel::read_once(tags_word)); }
	void set_tags(HintTags tags) { kernel::write_once(tags_word, tags.word()); }
};

inline constexpr u32 least_hinted = 1u << 15, most_hinted = 1u << 22; // buckets
inline constexpr bool has_hints(u32 buckets) { return buckets - least_hinted <= most_hinted - least_hinted; }

inline usize array_bytes(u32 buckets)
{
	return buckets * sizeof(hlist_nulls_head) + (has_hints(buckets) ? buckets / group_buckets * sizeof(HintGroup) : 0);
}

inline Hint hint_of(hlist_nulls_head *heads, u32 buckets, u32 bucket)
{
	return {has_hints(buckets) ? reinterpret_cast<HintGroup *>(heads + buckets) + bucket / group_buckets : nullptr, bucket};
}

inline u32 line_of(const nf_conn &ct)
{
	return static_cast<u32>((reinterpret_cast<unsigned long>(&ct) - nfct_direct_map) / cache_line);
}

// The connection is the first of the bucket's chain now. The bucket is locked.
inline void leave_hint(Hint hint, const nf_conn &ct)
{
	if (!hint.group)
		return;
	const HintTags tags = hint.group->tags();
	u32 field = tags.find(hint.bucket);
	if (field == group_hints)
		field = tags.find_unused();
	if (field == group_hints)
		return;
	kernel::write_once(hint.group->lines[field], line_of(ct));
	hint.group->set_tags(tags.with(field, hint.bucket));
}

// The connection leaves the bucket's chain. The bucket is locked.
inline void remove_hint(Hint hint, const nf_conn &ct)
{
	if (!hint.group)
		return;
	const HintTags tags = hint.group->tags();
	const u32 field = tags.find(hint.bucket);
	if (field != group_hints && kernel::read_once(hint.group->lines[field]) == line_of(ct))
		hint.group->set_tags(tags.without(field));
}

// Nothing but an address; null if the bucket has no hint.
inline const nf_conn *hinted(Hint hint)
{
	const u32 field = hint.group ? hint.group->tags().find(hint.bucket) : group_hints;
	if (field == group_hints)
		return nullptr;
	return reinterpret_cast<const nf_conn *>(nfct_direct_map + static_cast<unsigned long>(kernel::read_once(hint.group->lines[field])) * cache_line);
}

} // namespace nfct::table
