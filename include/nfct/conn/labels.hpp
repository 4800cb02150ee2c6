// SPDX-License-Identifier: GPL-2.0-only
// Labels of connections (conn/labels.cpp).
#pragma once

#include <nfct/kernel/conn.hpp>

namespace nfct::conn {

// Room for labels, if the namespace has rules that use them. Only to a connection that is not confirmed. False: no memory.
bool add_labels(nf_conn &ct, gfp_t gfp);

} // namespace nfct::conn
