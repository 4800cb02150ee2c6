// SPDX-License-Identifier: GPL-2.0-only
// Names and sentences of the INVALID reasons, both from the one list in reason_list.h.

#include <nfct/core/reason.hpp>

#include <nfct/base/poison.hpp>

namespace nfct {

namespace {

constexpr const char *names[] = {
#define NFCT_REASON(name, text) #name,
	NFCT_REASON_LIST
#undef NFCT_REASON
};

constexpr const char *texts[] = {
#define NFCT_REASON(name, text) text,
	NFCT_REASON_LIST
#undef NFCT_REASON
};

constexpr unsigned count = static_cast<unsigned>(Reason::count_);
static_assert(sizeof(names) / sizeof(names[0]) == count && sizeof(texts) / sizeof(texts[0]) == count);

} // namespace

const char *reason_name(Reason r)
{
	const auto i = static_cast<unsigned>(r);
	return i < count ? names[i] : "?";
}

const char *reason_text(Reason r)
{
	const auto i = static_cast<unsigned>(r);
	return i < count ? texts[i] : "?";
}

} // namespace nfct
