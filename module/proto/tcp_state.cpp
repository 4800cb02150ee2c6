// SPDX-License-Identifier: GPL-2.0-only
// Names of TCP's states (kernel: tcp_conntrack_names).

#include <nfct/proto/tcp_state.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::tcp {

const char *state_name(State s)
{
	switch (s) {
	case State::none:
		return "NONE";
	case State::syn_sent:
		return "SYN_SENT";
	case State::syn_recv:
		return "SYN_RECV";
	case State::established:
		return "ESTABLISHED";
	case State::fin_wait:
		return "FIN_WAIT";
	case State::close_wait:
		return "CLOSE_WAIT";
	case State::last_ack:
		return "LAST_ACK";
	case State::time_wait:
		return "TIME_WAIT";
	case State::close:
		return "CLOSE";
	case State::syn_sent2:
		return "SYN_SENT2";
	}
	return "?";
}

} // namespace nfct::tcp
