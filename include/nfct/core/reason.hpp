// SPDX-License-Identifier: GPL-2.0-only
// Why a packet is INVALID. Every way has a name; packet/ counts each per netns and CPU, and present/ shows them.
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/core/reason_list.h>

namespace nfct {

enum class Reason : u8 {
#define NFCT_REASON(name, text) name,
	NFCT_REASON_LIST
#undef NFCT_REASON
		count_
};

// The reason's name as in /proc, and its sentence as in the INVALID log.
const char *reason_name(Reason r);
const char *reason_text(Reason r);

} // namespace nfct
