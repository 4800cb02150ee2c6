// SPDX-License-Identifier: GPL-2.0-only
// What hangs on a connection that must be let go before its memory is (conn/destroy.cpp).
#pragma once

#include <nfct/kernel/conn.hpp>

namespace nfct::conn {

// NAT's by-source list and the timeout policy. Last reference gone, or never published.
void release_attachments(nf_conn &ct);

} // namespace nfct::conn
