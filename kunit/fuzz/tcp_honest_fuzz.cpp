// SPDX-License-Identifier: GPL-2.0-only
// Two ends that keep the rules (tcp_ends.hpp) and a network that does not: before and behind us it loses, repeats and reorders. Nothing that
// such ends say may be INVALID: what is wrong is the network, and they will sort it out.
//
// Input: both ends' habits; then a step each.

#include "fuzz.hpp"
#include "tcp_ends.hpp"

using namespace nfct;
using namespace nfct::fuzz;

namespace {

End::Habits read_habits(Input &in)
{
	End::Habits h;
	const u8 what = in.octet();
	h.scale = what & 15;
	h.sack = what & 16;
	h.timestamps = what & 32;
	h.buffer = what & 64 ? in.two() * 16u : 2920;
	if (h.scale == 15 && h.buffer > 65535)
		h.buffer = 65535;
	h.start = what & 128 ? in.four() : 0xffffff00;
	return h;
}

using Queue = std::vector<test::Tcp>;

// One of those that wait, most often the first.
test::Tcp pick(Queue &q, u8 which, bool keep)
{
	const usize i = which % q.size();
	const test::Tcp t = q[i];
	if (!keep)
		q.erase(q.begin() + long(i));
	return t;
}

class World {
public:
	explicit World(Input &in) : in{in}, end{End{read_habits(in)}, End{read_habits(in)}} { end[0].connect(); }

	bool step();

private:
	bool pass(u32 side, const test::Tcp &t);

	Input &in;
	End end[2];
	Queue behind[2]; // has passed us
	test::Link link;
};

// False: the connection is over for us, and so is the run.
bool World::pass(u32 side, const test::Tcp &t)
{
	const Direction dir = side ? Direction::reply : Direction::original;
	if (side && !(link.status & ips::confirmed))
		return false;
	// A SYN that comes so late, followed by a SYN/ACK that comes again, looks like a new connection to conntrack, stock's as ours: it starts
	// anew, and an acknowledgement of data that it has forgotten is INVALID until that data comes again.
	if (t.flags == test::syn && link.state() > tcp::State::syn_recv)
		return true;
	const Outcome o = link.send(dir, t);
	if (std::getenv("NFCT_FUZZ_SAY"))
		std::fprintf(stderr, "%u: flags %#x seq %u ack %u len %u window %u options %zu: %s, state %s\n", side, t.flags, t.seq, t.ack_seq, t.payload,
			     t.window, t.options.size(), test::told(o).c_str(), tcp::state_name(link.state()));
	if (o.verdict() == Verdict::invalid)
		std::fprintf(stderr, "%s: flags %#x seq %u ack %u len %u window %u\n", reason_name(o.reason()), t.flags, t.seq, t.ack_seq, t.payload, t.window);
	CHECK(o.verdict() != Verdict::invalid && o.verdict() != Verdict::drop);
	if (o.has(todo::kill) || o.verdict() == Verdict::retry)
		return false;
	if (behind[side].size() < 16)
		behind[side].push_back(t);
	return true;
}

bool World::step()
{
	const u8 b = in.octet();
	const u32 side = b & 1;
	End &e = end[side];

	switch (b >> 1 & 15) {
	case 0:
		e.data(in.octet() * 16u + 1);
		break;
	case 1:
		e.repeat(in.octet() * 16u + 1, b & 32);
		break;
	case 2:
		e.acknowledge();
		break;
	case 3:
		e.close();
		break;
	case 4:
		e.keep_alive(b & 32);
		break;
	case 5:
		e.probe();
		break;
	case 6:
		e.read(in.octet() * 64u);
		break;
	case 7:
		if ((b & 0xe0) == 0xe0)
			e.abort();
		break;
	case 8: // lost before us
		if (!e.out.empty())
			pick(e.out, u8(b >> 5), false);
		break;
	case 9: // lost behind us
		if (!behind[side].empty())
			pick(behind[side], u8(b >> 5), false);
		break;
	case 10: // arrives, and will do so again
		if (!behind[side].empty())
			end[!side].hear(pick(behind[side], u8(b >> 5), true), true);
		break;
	case 11: // all that wait, in order
		while (!behind[side].empty())
			end[!side].hear(pick(behind[side], 0, false), true);
		break;
	case 12: // a whole turn without trouble
		while (!e.out.empty())
			if (!pass(side, pick(e.out, 0, false)))
				return false;
		while (!behind[side].empty())
			end[!side].hear(pick(behind[side], 0, false), b & 32);
		break;
	case 13: // passes us, and will do so again
		if (!e.out.empty())
			return pass(side, pick(e.out, u8(b >> 5), true));
		break;
	case 14:
		if (!e.out.empty())
			return pass(side, pick(e.out, u8(b >> 5), false));
		break;
	case 15:
		if (!behind[side].empty())
			end[!side].hear(pick(behind[side], u8(b >> 6), false), b & 32);
		break;
	}
	return true;
}

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	World w(in);
	for (u32 n = 0; in.more() && n < 400 && w.step(); n++)
		;
	return 0;
}
