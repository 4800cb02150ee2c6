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

struct [[nodiscard]] Outcome {
	Verdict verdict = Verdict::accept;
	Reason reason = Reason::none; // set whenever verdict is invalid or drop; with accept: why the packet deserves a line in the log of INVALIDs
	bool kill = false;            // remove the connection from the table now (packets are accounted first)
	bool assure = false;          // set IPS_ASSURED; raises Event::assured if it was not set
	bool assure_untold = false;   // with assure: without that event
	bool refresh = false;         // set the connection's timeout to `timeout` from now, and account the packet
	bool retime = false;          // set the timeout as refresh does, but leave the packet unaccounted; with any verdict
	u32 timeout = 0;              // jiffies
	u32 events = 0;               // bit(Event)

	static constexpr Outcome invalid(Reason r)
	{
		Outcome o;
		o.verdict = Verdict::invalid;
		o.reason = r;
		return o;
	}
	// Belongs to the connection, but looks so odd that it neither prolongs it nor is accounted: log it, do not count it.
	static constexpr Outcome let_pass(Reason r)
	{
		Outcome o;
		o.reason = r;
		return o;
	}
	static constexpr Outcome refreshed(u32 jiffies)
	{
		Outcome o;
		o.refresh = true;
		o.timeout = jiffies;
		return o;
	}
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

} // namespace nfct
