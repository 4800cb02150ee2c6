// SPDX-License-Identifier: GPL-2.0-only
// What a tracker decides about one packet. Trackers only decide; packet/track applies.
#pragma once

#include <nfct/core/direction.hpp>
#include <nfct/core/reason.hpp>

namespace nfct {

// Where the packet goes next.
enum class Verdict : u8 {
	accept,  // it belongs to the connection
	invalid, // let it pass, but as part of no connection; counted under Outcome::reason
	drop,    // netfilter drops it; counted under Outcome::reason too
	retry,   // the connection is over and was killed: look the packet up once more, it may start a new one
};

// Bits of IPCT_* (enum ip_conntrack_events) that trackers raise.
enum class Event : u8 { reply = 3, assured = 4, protoinfo = 5 };
constexpr u32 bit(Event e) { return u32(1) << static_cast<u8>(e); }

// What is to be done, as bits.
namespace todo {
inline constexpr u32 refresh = 1u << 0, // set the connection's timeout to `timeout` from now, and account the packet
	retime = 1u << 1,               // set the timeout as refresh does, but leave the packet unaccounted; with any verdict
	kill = 1u << 2,                 // remove the connection from the table now (packets are accounted first)
	assure = 1u << 3,               // set IPS_ASSURED; raises Event::assured if it was not set
	assure_untold = 1u << 4;        // with assure: without that event
} // namespace todo

// All but the timeout is in one word, which for nearly all packets is todo::refresh and nothing else: applied after one comparison.
class [[nodiscard]] Outcome {
    public:
	u32 timeout = 0; // jiffies

	constexpr bool has(u32 bits) const { return word_ & bits; }
	constexpr Verdict verdict() const { return static_cast<Verdict>(word_ >> verdict_at & 0xff); }
	// Set whenever the verdict is invalid or drop; with accept: why the packet deserves a line in the log of INVALIDs.
	constexpr Reason reason() const { return static_cast<Reason>(word_ >> reason_at); }
	// bit(Event)
	constexpr u32 events() const { return word_ >> events_at & 0xff; }
	constexpr bool is_usual() const { return word_ == todo::refresh; }

	constexpr void add(u32 bits) { word_ |= bits; }
	constexpr void leave(u32 bits) { word_ &= ~bits; }
	constexpr void raise(Event e) { word_ |= bit(e) << events_at; }
	constexpr void decide(Verdict v, Reason r = Reason::none)
	{
		word_ = (word_ & ((1u << verdict_at) - 1)) | u32(v) << verdict_at | u32(r) << reason_at;
	}

	static constexpr Outcome invalid(Reason r)
	{
		Outcome o;
		o.decide(Verdict::invalid, r);
		return o;
	}
	// Belongs to the connection, but looks so odd that it neither prolongs it nor is accounted: log it, do not count it.
	static constexpr Outcome let_pass(Reason r)
	{
		Outcome o;
		o.decide(Verdict::accept, r);
		return o;
	}
	static constexpr Outcome refreshed(u32 jiffies)
	{
		Outcome o;
		o.add(todo::refresh);
		o.timeout = jiffies;
		return o;
	}

	friend constexpr bool operator==(const Outcome &, const Outcome &) = default;

    private:
	static constexpr u32 events_at = 8, verdict_at = 16, reason_at = 24;

	u32 word_ = 0;
};

// What a tracker may know of the connection besides its own protocol state.
struct Context {
	Direction dir;
	bool confirmed;       // false: this packet is the connection's first (or the connection is still unconfirmed)
	unsigned long status; // IPS_* bits, read once
	unsigned long now;    // jiffies, read once
	u32 hz;               // jiffies a second
};

// IPS_* bits (enum ip_conntrack_status) that trackers look at; packet/ asserts the values.
namespace ips {
inline constexpr unsigned long seen_reply = 1ul << 1, assured = 1ul << 2, confirmed = 1ul << 3, dying = 1ul << 9,
			       fixed_timeout = 1ul << 10, nat_mask = (1ul << 4) | (1ul << 5), nat_clash = 1ul << 12;
} // namespace ips

// Of a flow without handshake that has been answered: it counts as assured from now on. But not the loser of a race that was kept: it has no other
// purpose than to let its packet out, and must be free to go.
constexpr Outcome refreshed_answered(const Context &ctx, u32 jiffies)
{
	Outcome o = Outcome::refreshed(jiffies);
	if (!(ctx.status & (ips::assured | ips::nat_clash)))
		o.add(todo::assure);
	return o;
}

} // namespace nfct
