// SPDX-License-Identifier: GPL-2.0-only
// TCP's flags: which combinations exist, and what kind of packet each makes (kernel: tcp_valid_flags, get_conntrack_index).
#pragma once

#include <nfct/base/types.hpp>

namespace nfct::tcp {

// As in byte 13 of the header (RFC 9293 section 3.1).
namespace flag {
inline constexpr u8 fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20, ece = 0x40, cwr = 0x80;
} // namespace flag

// What the state table distinguishes. The values are those that the kernel keeps in ip_ct_tcp.last_index.
enum class Kind : u8 { syn, syn_ack, fin, ack, rst, none };
inline constexpr u32 kind_count = 6;

// The strongest flag decides.
constexpr Kind kind_of(u8 flags)
{
	if (flags & flag::rst)
		return Kind::rst;
	if (flags & flag::syn)
		return flags & flag::ack ? Kind::syn_ack : Kind::syn;
	if (flags & flag::fin)
		return Kind::fin;
	return flags & flag::ack ? Kind::ack : Kind::none;
}

// Whether a TCP would ever send these flags together. PSH, ECE and CWR go with anything.
constexpr bool possible(u8 flags)
{
	switch (flags & ~(flag::psh | flag::ece | flag::cwr)) {
	case flag::syn:
	case flag::syn | flag::urg:
	case flag::syn | flag::ack:
	case flag::rst:
	case flag::rst | flag::ack:
	case flag::fin | flag::ack:
	case flag::fin | flag::ack | flag::urg:
	case flag::ack:
	case flag::ack | flag::urg:
		return true;
	}
	return false;
}

} // namespace nfct::tcp
