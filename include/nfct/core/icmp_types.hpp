// SPDX-License-Identifier: GPL-2.0-only
// ICMP and ICMPv6 message types that matter to tracking, and which type answers which.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct {

namespace icmp_type {
inline constexpr u8 echo_reply = 0, unreachable = 3, source_quench = 4, redirect = 5, echo = 8, time_exceeded = 11, parameter_problem = 12,
		    timestamp = 13, timestamp_reply = 14, info = 15, info_reply = 16, address_mask = 17, address_mask_reply = 18,
		    highest = address_mask_reply;
} // namespace icmp_type

namespace icmpv6_type {
inline constexpr u8 highest_error = 127, echo = 128, echo_reply = 129, mld_query = 130, mld_report = 131, mld_done = 132,
		    router_solicitation = 133, router_advertisement = 134, neighbour_solicitation = 135, neighbour_advertisement = 136,
		    redirect = 137, node_info_query = 139, node_info_reply = 140, mld2_report = 143, mrd_advertisement = 151,
		    mrd_solicitation = 152;
} // namespace icmpv6_type

// A type, or none.
struct MaybeType {
	bool some;
	u8 type;
};

// The type that answers t, in either sense: request to reply and reply to request.
constexpr MaybeType icmp_counterpart(u8 t)
{
	using namespace icmp_type;
	switch (t) {
	case echo:
		return {true, echo_reply};
	case echo_reply:
		return {true, echo};
	case timestamp:
		return {true, timestamp_reply};
	case timestamp_reply:
		return {true, timestamp};
	case info:
		return {true, info_reply};
	case info_reply:
		return {true, info};
	case address_mask:
		return {true, address_mask_reply};
	case address_mask_reply:
		return {true, address_mask};
	}
	return {false, 0};
}

constexpr MaybeType icmpv6_counterpart(u8 t)
{
	using namespace icmpv6_type;
	switch (t) {
	case echo:
		return {true, echo_reply};
	case echo_reply:
		return {true, echo};
	case node_info_query:
		return {true, node_info_reply};
	case node_info_reply:
		return {true, node_info_query};
	}
	return {false, 0};
}

} // namespace nfct
