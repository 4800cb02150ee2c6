// SPDX-License-Identifier: GPL-2.0-only
// Labels of connections (conn/labels.cpp).
#pragma once

#include <nfct/kernel/conn.hpp>

namespace nfct::conn {

// How many rules of the namespace use labels, an atomic counter; null: this kernel has none. 6.1 has a plain number that it kept under a lock.
template <class Ct> int *users_of_labels(Ct &ct)
{
	if constexpr (requires { ct.labels_used.counter; })
		return &ct.labels_used.counter;
	else if constexpr (requires { ct.labels_used; })
		return reinterpret_cast<int *>(&ct.labels_used);
	else
		return nullptr;
}

// Whether new connections of the namespace get room for labels.
inline bool keeps_labels(net &n)
{
	const int *count = users_of_labels(n.ct);
	return count && kernel::read_once(*count) != 0;
}

} // namespace nfct::conn
