// SPDX-License-Identifier: GPL-2.0-only
/* Plays TCP conversations for the suites. */
#include <nfct/kunit/talk.h>

const u32 nfct_isns[][2] = {
	{ 0x10000, 0x20000 },	    { 0, 0xffffffff },	     { 0xffffffff, 0 },		 { 0xfffffff0, 0xffffff00 },
	{ 0x7fffffff, 0x7ffffff0 }, { 0x80000000, 0x80000001 }, { 0x7fffff80, 0xfffffe00 },
};
const unsigned int nfct_isn_count = ARRAY_SIZE(nfct_isns);

struct nfct_talk nfct_talk(struct kunit *test, u8 family, u32 isn_client, u32 isn_server)
{
	return (struct nfct_talk){
		.test = test,
		.flow = { family, IPPROTO_TCP, 1, 40000, 2, 80 },
		.isn = { isn_client, isn_server },
	};
}

void nfct_say(struct nfct_talk *t, const struct nfct_line *line, int n)
{
	struct nfct_flow back = nfct_reply_of(&t->flow);
	struct nfct_segment s = {
		.flags = line->flags,
		.seq = t->isn[line->who] + line->seq,
		.ack = line->flags & TCPHDR_ACK ? t->isn[!line->who] + line->ack : 0,
		.window = line->window == NFCT_NO_WINDOW ? 0 : line->window ?: 1000,
		.len = line->len,
		.options = line->options,
		.options_len = line->options_len,
	};
	struct kunit *test = t->test;
	struct sk_buff *skb = nfct_tcp(test, line->who == NFCT_CLIENT ? &t->flow : &back, &s);
	enum nfct_fate fate;

	nfct_recount(test);
	fate = nfct_pass(test, skb);
	KUNIT_EXPECT_EQ_MSG(test, fate, line->fate, "line %d, isn %#x %#x", n, t->isn[0], t->isn[1]);
	if (line->fate != NFCT_TRACKED) {
		KUNIT_EXPECT_EQ_MSG(test, nfct_reasoned(test, line->reason), 1, "line %d, isn %#x %#x", n, t->isn[0], t->isn[1]);
		KUNIT_EXPECT_EQ_MSG(test, nfct_reasoned_any(test), 1, "line %d", n);
		KUNIT_EXPECT_EQ_MSG(test, nfct_counted(test, invalid), 1, "line %d", n);
	} else if (fate == NFCT_TRACKED) {
		struct nf_conn *ct = nfct_conn(skb);

		t->ct = ct;
		if (line->state != TCP_CONNTRACK_NONE)
			KUNIT_EXPECT_EQ_MSG(test, ct->proto.tcp.state, line->state, "line %d, isn %#x %#x", n, t->isn[0], t->isn[1]);
		if (line->seconds)
			KUNIT_EXPECT_EQ_MSG(test, nfct_seconds_left(ct), line->seconds, "line %d, isn %#x %#x", n, t->isn[0],
					    t->isn[1]);
		KUNIT_EXPECT_EQ_MSG(test, CTINFO2DIR(nfct_info(skb)), (int)line->who, "line %d", n);
	}
	nfct_drop(test, skb);
}

void nfct_play(struct kunit *test, const struct nfct_line *lines, int count)
{
	unsigned int i;
	int n;

	for (i = 0; i < nfct_isn_count; i++) {
		struct nfct_talk t = nfct_talk(test, i & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4, nfct_isns[i][0], nfct_isns[i][1]);

		for (n = 0; n < count; n++)
			nfct_say(&t, &lines[n], n);
		nfct_flush(test);
		KUNIT_ASSERT_EQ(test, nfct_entries(test), 0);
	}
}
