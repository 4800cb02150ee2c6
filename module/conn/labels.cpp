// SPDX-License-Identifier: GPL-2.0-only
// Labels: 128 bits of a connection that rules and user space set (kernel: nf_conntrack_labels.c). Single words of 32 bits are atomic.
#include <nfct/conn/labels.hpp>

#include <nfct/conn/conn.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

constexpr unsigned bytes = kconst::nf_ct_labels_max_size;

// Clears the masked bits and flips those of `flip`. True if that changed the word.
bool replace(u32 &word, u32 cleared, u32 flip)
{
	u32 old = kernel::read_once(word), fresh;
	do {
		fresh = (old & ~cleared) ^ flip;
		if (fresh == old)
			return false;
	} while (!__atomic_compare_exchange_n(&word, &old, fresh, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	return true;
}

} // namespace

extern "C" {

// In the first words32 words the masked bits become those of data (without a mask: all); those behind are cleared. 0, or -ENOSPC if the
// connection has no labels. Any context.
int nf_connlabels_replace(nf_conn *ct, const u32 *data, const u32 *mask, unsigned int words32)
{
	constexpr unsigned all = bytes / sizeof(u32);

	nf_conn_labels *labels = labels_of(*ct);
	if (!labels)
		return -kconst::enospc;
	// SAFETY: bits is an array of longs, whole words of 32 bits; user space's order is that of these words.
	u32 *words = reinterpret_cast<u32 *>(labels->bits);
	if (words32 > all)
		words32 = all;
	bool changed = false;
	for (unsigned i = 0; i < words32; i++)
		changed |= replace(words[i], mask ? mask[i] : ~0u, data[i]);
	for (unsigned i = words32; i < all; i++)
		(void)replace(words[i], ~0u, 0);
	if (changed)
		conn::note_event(*ct, IPCT_LABEL);
	return 0;
}

// A rule that uses this bit was added: new connections of the namespace get labels. 0, or -ERANGE if there is no such bit. Any context.
int nf_connlabels_get(net *n, unsigned int bit)
{
	static bool warned;

	if (bit >= bytes * 8)
		return -kconst::erange;
	if (int *count = conn::users_of_labels(n->ct); count && __atomic_add_fetch(count, 1, __ATOMIC_RELAXED) <= 0)
		nfct_shim_warn_once(&warned, "nf_conntrack: more users of labels than can be counted\n");
	return 0;
}

void nf_connlabels_put(net *n)
{
	static bool warned;
	if (int *count = conn::users_of_labels(n->ct); count && __atomic_sub_fetch(count, 1, __ATOMIC_RELAXED) < 0)
		nfct_shim_warn_once(&warned, "nf_conntrack: labels given back that nobody had\n");
}

} // extern "C"
