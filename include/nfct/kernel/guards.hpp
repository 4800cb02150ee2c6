// SPDX-License-Identifier: GPL-2.0-only
// Locks, RCU and bottom halves as guards: immovable, [[nodiscard]], and passed by reference as evidence that they are held.
#pragma once

#include <nfct/kernel/types.hpp>
#include <nfct/shim/kernel.h>

namespace nfct::kernel {

struct Immovable {
	Immovable() = default;
	Immovable(const Immovable &) = delete;
	Immovable &operator=(const Immovable &) = delete;
};

// Evidence of an RCU read-side section.
class [[nodiscard]] RcuRead : Immovable {
    public:
	// Netfilter calls hooks inside rcu_read_lock(); so does every caller of the exported packet functions.
	static RcuRead held_by_netfilter() { return RcuRead(); }

    protected:
	RcuRead() = default;
};

class [[nodiscard]] RcuGuard : public RcuRead {
    public:
	RcuGuard() { nfct_shim_rcu_read_lock(); }
	~RcuGuard() { nfct_shim_rcu_read_unlock(); }
};

// Bottom halves are off: this CPU takes no softirq, so bucket locks may be taken. RCU waits for such sections, too.
class [[nodiscard]] BhGuard : public RcuRead {
    public:
	BhGuard() : turn_on_(nfct_shim_local_bh_disable()) {}
	~BhGuard()
	{
		if (turn_on_) [[unlikely]]
			nfct_shim_local_bh_enable();
	}

    private:
	const bool turn_on_;
};

// A spinlock with bottom halves off; not if what it protects is known to nobody else yet.
class [[nodiscard]] SpinBhGuard : Immovable {
    public:
	explicit SpinBhGuard(spinlock_t &lock, bool shared = true) : lock_(lock), taken_(shared), turn_on_(shared && nfct_shim_spin_lock_bh(&lock)) {}
	~SpinBhGuard()
	{
		if (taken_) [[likely]]
			nfct_shim_spin_unlock_bh(&lock_, turn_on_);
	}

    private:
	spinlock_t &lock_;
	const bool taken_, turn_on_;
};

// The mutex that keeps resizing and deleting walks apart. Process context; taken before any bucket lock.
class [[nodiscard]] TableMutexGuard : Immovable {
    public:
	TableMutexGuard() { nfct_shim_table_mutex_lock(); }
	~TableMutexGuard() { nfct_shim_table_mutex_unlock(); }
};

// Any other mutex (shim/lock.c holds them). Process context.
class [[nodiscard]] MutexGuard : Immovable {
    public:
	explicit MutexGuard(mutex &m) : mutex_(m) { nfct_shim_mutex_lock(&mutex_); }
	~MutexGuard() { nfct_shim_mutex_unlock(&mutex_); }

    private:
	mutex &mutex_;
};

} // namespace nfct::kernel
