// SPDX-License-Identifier: GPL-2.0-only
// The hashes of a connection that is in the table, kept in it: to take it out, or to move it, they need not be computed again.
//
// They lie in nat_bysource.pprev, where NAT, which finds connections of one source by that list, is not using it. NAT links a connection only
// before it is confirmed and unlinks it when it dies, or for good when its module goes. Readers of NAT's list may stand on a connection
// that has become another one meanwhile, and go on by `next`, which is therefore left alone; pprev they never read. The two upper
// bits tell hashes from what NAT has there: 11 in a kernel address and in poison, 00 in null and where the kernel is mapped low.
// Written under the bucket locks, before IPS_CONFIRMED.
#pragma once

#include <nfct/table/table.hpp>

namespace nfct::table {

class KeptHashes {
    public:
	explicit constexpr KeptHashes(u64 word) : word_(word) {}
	explicit constexpr KeptHashes(const Hashes &h) : word_(kept | u64(h.reply) << 30 | h.original >> 1) {}

	constexpr u64 word() const { return word_; }
	constexpr explicit operator bool() const { return word_ >> 62 == kept >> 62; }
	constexpr Hashes hashes() const { return {static_cast<u32>(word_) << 1, static_cast<u32>(word_ >> 30) & ~1u}; }

    private:
	static constexpr u64 kept = u64(1) << 62;
	u64 word_;
};
static_assert(hash_bits == 31 && KeptHashes(Hashes{~1u, 2}).hashes().original == ~1u && KeptHashes(Hashes{2, ~1u}).hashes().reply == ~1u &&
	      KeptHashes(Hashes{~1u, ~1u}) && !KeptHashes(u64(0)) && !KeptHashes(~u64(0)));

template <class Ct> void set_kept(Ct &ct, u64 word)
{
	kernel::write_once(ct.nat_bysource.pprev, reinterpret_cast<hlist_node **>(word));
}

template <class Ct> void keep_hashes(Ct &ct, const Hashes &h)
{
	if constexpr (requires { ct.nat_bysource; })
		if (!(status_of(ct) & IPS_SRC_NAT_DONE))
			set_kept(ct, KeptHashes(h).word());
}

// Of memory that becomes a connection: it may have been one before.
template <class Ct> void forget_hashes(Ct &ct)
{
	if constexpr (requires { ct.nat_bysource; })
		set_kept(ct, 0);
}

// False if they are to be computed.
template <class Ct> KeptHashes kept_in(const Ct &ct)
{
	if constexpr (requires { ct.nat_bysource; })
		return KeptHashes(reinterpret_cast<u64>(kernel::read_once(ct.nat_bysource.pprev)));
	return KeptHashes(u64(0));
}

// Of a connection that is or was in the table.
inline Hashes hashes_of(const nf_conn &ct)
{
	const KeptHashes kept = kept_in(ct);
	return kept ? kept.hashes() : flow_hashes(ct);
}
inline u32 hash_in(const nf_conn &ct, Direction d)
{
	const KeptHashes kept = kept_in(ct);
	if (!kept) [[unlikely]]
		return flow_hash(ct, d);
	return d == Direction::original ? kept.hashes().original : kept.hashes().reply;
}

} // namespace nfct::table
