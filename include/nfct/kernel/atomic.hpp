// SPDX-License-Identifier: GPL-2.0-only
// Single-copy reads and writes, atomic bits and reference counts on the kernel's own fields (READ_ONCE, bitops, refcount_t).
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/kernel/types.hpp>

extern "C" void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t);

namespace nfct::kernel {

template <class T> T read_once(const T &v) { return *const_cast<const volatile T *>(&v); }
template <class T> void write_once(T &v, T x) { *const_cast<volatile T *>(&v) = x; }

// Loads that later loads must not pass (smp_load_acquire), stores that earlier stores must not pass (smp_store_release).
template <class T> T load_acquire(const T &v) { return __atomic_load_n(&v, __ATOMIC_ACQUIRE); }
template <class T> void store_release(T &v, T x) { __atomic_store_n(&v, x, __ATOMIC_RELEASE); }

inline void fence_acquire() { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
inline void fence_release() { __atomic_thread_fence(__ATOMIC_RELEASE); }
inline void fence_full()
{
	if constexpr (kconst::config_smp)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	else
		asm volatile("" : : : "memory");
}

// Bits of a shared word; fully ordered, like set_bit() between smp_mb__before_atomic() and smp_mb__after_atomic().
inline void set_bits(unsigned long &word, unsigned long mask)
{
	if constexpr (kconst::config_smp)
		__atomic_fetch_or(&word, mask, __ATOMIC_SEQ_CST);
	else
		asm volatile("orq %1, %0" : "+m"(word) : "r"(mask) : "memory", "cc");
}
inline void clear_bits(unsigned long &word, unsigned long mask) { __atomic_fetch_and(&word, ~mask, __ATOMIC_SEQ_CST); }
// True if the bit was set before; mask has one.
inline bool test_and_set(unsigned long &word, unsigned long mask)
{
	if constexpr (kconst::config_smp) {
		return __atomic_fetch_or(&word, mask, __ATOMIC_SEQ_CST) & mask;
	} else {
		bool was;
		asm volatile("btsq %2, %0" : "+m"(word), "=@ccc"(was) : "r"(static_cast<unsigned long>(__builtin_ctzl(mask))) : "memory");
		return was;
	}
}

// Adds to a count that others change at the same time, and returns what it was; orders as a lock's acquire and release do. On one CPU an
// instruction is atomic as it is, and several times faster without its prefix (the kernel's own atomics leave it out, too).
inline int fetch_add(int &count, int by)
{
	if constexpr (kconst::config_smp) {
		return __atomic_fetch_add(&count, by, __ATOMIC_ACQ_REL);
	} else {
		asm volatile("xaddl %0, %1" : "+r"(by), "+m"(count) : : "memory", "cc");
		return by;
	}
}

// Adds to a sum that nobody waits for; orders nothing.
template <class T> void add(T &sum, T by)
{
	static_assert(sizeof(T) == sizeof(u64));
	if constexpr (kconst::config_smp)
		__atomic_fetch_add(&sum, by, __ATOMIC_RELAXED);
	else
		asm volatile("addq %1, %0" : "+m"(sum) : "r"(by) : "cc");
}

// Stores a new count if it is still the old one, else reads it into old.
inline bool exchange_if(int &count, int &old, int fresh)
{
	if constexpr (kconst::config_smp) {
		return __atomic_compare_exchange_n(&count, &old, fresh, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
	} else {
		bool done;
		asm volatile("cmpxchgl %3, %1" : "=@ccz"(done), "+m"(count), "+a"(old) : "r"(fresh) : "memory");
		return done;
	}
}

// refcount_t, with the kernel's saturation: a count that overflows or underflows warns and stays.
inline int ref_read(const refcount_t &r) { return read_once(r.refs.counter); }
inline void ref_set(refcount_t &r, int n) { write_once(r.refs.counter, n); }

inline void ref_inc(refcount_t &r)
{
	int old = fetch_add(r.refs.counter, 1);
	if (old == 0) [[unlikely]]
		refcount_warn_saturate(&r, REFCOUNT_ADD_UAF);
	else if (old < 0 || old + 1 < 0) [[unlikely]]
		refcount_warn_saturate(&r, REFCOUNT_ADD_OVF);
}

// False if the object is already dead. On success what was written before the count became non-zero is visible.
[[nodiscard]] inline bool ref_inc_not_zero(refcount_t &r)
{
	int old = read_once(r.refs.counter);
	do {
		if (old == 0)
			return false;
	} while (!exchange_if(r.refs.counter, old, old + 1));
	if (old < 0 || old + 1 < 0) [[unlikely]]
		refcount_warn_saturate(&r, REFCOUNT_ADD_NOT_ZERO_OVF);
	return true;
}

// For a reference that cannot be the last.
inline void ref_dec(refcount_t &r)
{
	if (fetch_add(r.refs.counter, -1) <= 1) [[unlikely]]
		refcount_warn_saturate(&r, REFCOUNT_DEC_LEAK);
}

// True if this was the last reference; then all that other holders wrote is visible.
[[nodiscard]] inline bool ref_dec_and_test(refcount_t &r)
{
	int old = fetch_add(r.refs.counter, -1);
	if (old == 1)
		return true;
	if (old <= 0) [[unlikely]]
		refcount_warn_saturate(&r, REFCOUNT_SUB_UAF);
	return false;
}

} // namespace nfct::kernel
