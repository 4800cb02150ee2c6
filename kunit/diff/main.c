// SPDX-License-Identifier: GPL-2.0-only
/*
 * The feeder: plays chapters of packets through whatever nf_conntrack is loaded, and says what came of it in /proc/nfct_diff.
 *
 * A chapter is CHAPTER_PACKETS packets of some flows, from an empty table to an empty table. All of it (packets, settings, clock)
 * follows from the seed and the chapter's number, and nothing from what conntrack does. Interrupts are off meanwhile, and the jiffies are
 * the chapter's own: no timer, no collector, no other clock gets between. One CPU.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include "diff.h"

#define TEXT_SIZE (32 << 20)

struct net *diff_net = &init_net;
bool diff_verbose, diff_translating;
unsigned int diff_improvement;
u64 diff_random_state;

static struct flow flows[FLOWS];
static struct netns_ct defaults;
static char *text;
static size_t text_len;
static DEFINE_MUTEX(mutex);

void diff_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_len += vscnprintf(text + text_len, TEXT_SIZE - text_len, format, args);
	va_end(args);
}

/* ---- settings ---- */

static void odd_timeouts(unsigned int *t, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (one_in(6))
			t[i] = 1 + rnd(one_in(3) ? 3 * HZ : 1000 * HZ);
}

static void settings(void)
{
	struct nf_ip_net *in = &diff_net->ct.nf_ct_proto;
	const struct nf_ip_net *was = &defaults.nf_ct_proto;
	unsigned int listen = rnd(8);

	in->tcp = was->tcp;
	in->udp = was->udp;
	in->sctp = was->sctp;
	in->dccp = was->dccp;
	memcpy(in->gre.timeouts, was->gre.timeouts, sizeof(in->gre.timeouts));
	in->tcp.tcp_loose = !one_in(4);
	in->tcp.tcp_be_liberal = one_in(8);
	in->tcp.tcp_ignore_invalid_rst = one_in(6);
	in->tcp.tcp_max_retrans = one_in(2) ? 3 : rnd(6);
	in->dccp.dccp_loose = !one_in(4);
	if (one_in(4)) {
		odd_timeouts(in->tcp.timeouts, TCP_CONNTRACK_TIMEOUT_MAX);
		odd_timeouts(in->udp.timeouts, UDP_CT_MAX);
		odd_timeouts(in->gre.timeouts, GRE_CT_MAX);
		odd_timeouts(in->sctp.timeouts + 1, SCTP_CONNTRACK_MAX - 1);
		odd_timeouts(in->dccp.dccp_timeout + 1, CT_DCCP_TIMEWAIT);
	}
	diff_net->ct.sysctl_acct = one_in(2);
	diff_net->ct.sysctl_tstamp = one_in(2);
	diff_net->ct.sysctl_checksum = diff_improvement || !one_in(4);
	diff_net->ct.sysctl_events = listen < 5 ? 1 : listen == 6 ? 0 : 2;
	diff_translating = one_in(3);
	diff_expecting = !diff_improvement && !diff_translating && one_in(2);
	play_notify(false);
	if (listen != 5)
		play_notify(true);
	diff_print("S loose=%u liberal=%u ignore_invalid_rst=%u max_retrans=%u dccp_loose=%u acct=%u timestamp=%u checksum=%u events=%u listener=%u nat=%u expecting=%u\n",
		   in->tcp.tcp_loose, in->tcp.tcp_be_liberal, in->tcp.tcp_ignore_invalid_rst, in->tcp.tcp_max_retrans, in->dccp.dccp_loose,
		   diff_net->ct.sysctl_acct, diff_net->ct.sysctl_tstamp, diff_net->ct.sysctl_checksum, diff_net->ct.sysctl_events, listen != 5,
		   diff_translating, diff_expecting);
}

static void settings_back(void)
{
	struct nf_ip_net *in = &diff_net->ct.nf_ct_proto;

	play_notify(false);
	in->tcp = defaults.nf_ct_proto.tcp;
	in->udp = defaults.nf_ct_proto.udp;
	in->sctp = defaults.nf_ct_proto.sctp;
	in->dccp = defaults.nf_ct_proto.dccp;
	memcpy(in->gre.timeouts, defaults.nf_ct_proto.gre.timeouts, sizeof(in->gre.timeouts));
	diff_net->ct.sysctl_acct = defaults.sysctl_acct;
	diff_net->ct.sysctl_tstamp = defaults.sysctl_tstamp;
	diff_net->ct.sysctl_checksum = defaults.sysctl_checksum;
	diff_net->ct.sysctl_events = defaults.sysctl_events;
}

/* ---- flows ---- */

static u8 some_protocol(void)
{
	u32 n = rnd(100);

	if (diff_improvement == 1 || diff_improvement == 2)
		n = diff_improvement == 1 ? 60 : 90;
	return n < 46 ? IPPROTO_TCP : n < 56 ? IPPROTO_UDP : n < 61 ? IPPROTO_UDPLITE : n < 67 ? IPPROTO_ICMP :
	       n < 81 ? IPPROTO_SCTP : n < 92 ? IPPROTO_DCCP : n < 96 ? IPPROTO_GRE : 0;
}

static void open_flow(struct flow *f, u32 number)
{
	static const u8 unknown[] = { 50, 51, 89, 108, 253, IPPROTO_IPIP };
	bool reuse = f->limit && one_in(5);

	/* A fifth uses the addresses and ports of the one before it, whose entry may live. */
	if (!reuse) {
		play_settle(f);
		f->family = one_in(3) ? NFPROTO_IPV6 : NFPROTO_IPV4;
		f->protocol = some_protocol() ?: unknown[rnd(ARRAY_SIZE(unknown))];
		if (f->protocol == IPPROTO_ICMP && f->family == NFPROTO_IPV6)
			f->protocol = IPPROTO_ICMPV6;
		f->number = number;
		f->host[0] = 1000 + number;
		f->host[1] = 100 + rnd(3);
		f->port[0] = 2000 + number;
		f->port[1] = 1 + rnd(1000);
	}
	if (!reuse) {
		f->expected = diff_expecting && expect_can(f->protocol);
		if (f->expected) {
			f->port[1] = 3000 + number;
			f->master = rnd(FLOWS);
		}
		rules_open(f);
	}
	f->patience = f->expected ? rnd(6) : 0;
	f->phase = f->repeat = f->sent = f->in_ring = f->next_ring = 0;
	f->limit = 10 + rnd(120);
	f->wild = one_in(6) ? 0 : one_in(6) ? 80 : 5 + rnd(40);
	if (f->protocol == IPPROTO_TCP)
		tcp_begin(f);
	else if (f->protocol == IPPROTO_SCTP)
		sctp_begin(f);
	else if (f->protocol == IPPROTO_DCCP)
		dccp_begin(f);
}

static void generate(struct flow *f, struct packet *p)
{
	switch (f->protocol) {
	case IPPROTO_TCP: tcp_next(f, p); break;
	case IPPROTO_SCTP: sctp_next(f, p); break;
	case IPPROTO_DCCP: dccp_next(f, p); break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE: udp_next(f, p); break;
	case IPPROTO_GRE: gre_next(f, p); break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6: icmp_next(f, p); break;
	default: other_next(f, p);
	}
}

/* The flow's next packet: a new one, an error about an old one, or an old one again. */
static struct packet *next_packet(struct flow *f)
{
	static struct packet stray;
	struct packet *p;

	if (f->in_ring && f->repeat) {
		f->repeat--;
		return &f->ring[(f->next_ring + RING - 1) % RING];
	}
	if (f->in_ring && one_in(14))
		return &f->ring[rnd(f->in_ring)];
	if (f->in_ring && one_in(25)) {
		p = &stray;
		icmp_error(f, p);
	} else {
		p = &f->ring[f->next_ring];
		f->next_ring = (f->next_ring + 1) % RING;
		f->in_ring = min(f->in_ring + 1, RING);
		generate(f, p);
		f->repeat = one_in(30) ? rnd(6) : 0;
	}
	/* Nothing INVALID meets an expectation. */
	if (!f->expected && one_in(25))
		packet_mutate(p);
	p->linear = one_in(16) && p->len > sizeof(struct ipv6hdr) ? sizeof(struct ipv6hdr) + rnd(p->len - sizeof(struct ipv6hdr)) : p->len;
	return p;
}

/* ---- a chapter ---- */

static unsigned long step(void)
{
	u32 n = rnd(2000);

	return n < 1300 ? 0 : n < 1800 ? rnd(4) : n < 1940 ? rnd(HZ) : n < 1990 ? rnd(5 * HZ) : n < 1997 ? rnd(130 * HZ) :
	       n < 1999 || !one_in(4) ? rnd(700 * HZ) : 432000ul * HZ + rnd(100) - 50;
}

/* The flow for which this one's next packet may put up an expectation: rather one that has not begun. */
static const struct flow *whom_it_expects(const struct flow *f)
{
	const struct flow *found = NULL;
	unsigned int i;

	if (f->expected)
		return NULL;
	for (i = 0; i < FLOWS; i++)
		if (flows[i].expected && flows[i].master == f->index && (!found || flows[i].patience))
			found = &flows[i];
	return found;
}

static u64 mix(u64 h, const void *data, size_t words)
{
	const u64 *at = data;

	while (words--) {
		h = (h ^ *at++) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
	}
	return h;
}

static u64 chapter(u64 seed, u32 number)
{
	static struct record r;
	unsigned long irq, real, stepped;
	u32 opened = 0;
	u64 digest = 1;
	unsigned int i;

	BUILD_BUG_ON(sizeof(r) % 8);
	diff_random_state = seed * 0xd1342543de82ef95ULL + number;
	rnd32();
	settings();
	for (i = 0; i < FLOWS; i++) {
		memset(&flows[i], 0, offsetof(struct flow, ring));
		flows[i].index = i;
	}
	local_bh_disable();
	local_irq_save(irq);
	rcu_read_lock();
	real = jiffies;
	fragments_begin();
	/* The 32 bits that conntrack keeps wrap within a third of the chapters. */
	jiffies = (1ul << 32) + (one_in(3) ? 0u - rnd(3000) : rnd32());
	play_begin();
	rules_begin();
	for (i = 0; i < CHAPTER_PACKETS; i++) {
		struct flow *f = &flows[rnd(FLOWS)];
		struct packet *p;

		stepped = step();
		jiffies += stepped;
		if (stepped)
			play_sweep(false);
		if (f->sent >= f->limit)
			open_flow(f, opened++);
		/* Who is expected lets the other speak first. */
		if (f->patience && flows[f->master].limit && !flows[f->master].expected && flows[f->master].sent < flows[f->master].limit) {
			f->patience--;
			f = &flows[f->master];
		}
		if (diff_expecting) {
			expect_sweep();
			expect_plan(whom_it_expects(f));
		}
		p = next_packet(f);
		fragments_choose(p);
		f->sent++;
		coverage_count(f, p);
		play(f, p, &r);
		coverage_outcome(&r);
		digest = mix(digest, &r, sizeof(r) / 8);
		if (diff_verbose)
			show(i, f, p, &r);
	}
	for (i = 0; i < FLOWS; i++)
		play_settle(&flows[i]);
	play_sweep(true);
	digest ^= play_end();
	jiffies = real;
	rcu_read_unlock();
	local_irq_restore(irq);
	local_bh_enable();
	return digest;
}

/* The first packet of all draws the keys of the hash, which queues a work: not at a chapter's time. */
static void warm_up(void)
{
	static struct record r;
	struct flow *f = &flows[0];

	diff_random_state = 0;
	f->family = NFPROTO_IPV4;
	f->protocol = IPPROTO_UDP;
	f->host[0] = 1;
	f->host[1] = 2;
	f->port[0] = 1;
	f->port[1] = 2;
	local_bh_disable();
	play(f, next_packet(f), &r);
	play_settle(f);
	play_end();
	local_bh_enable();
}

/* ---- /proc/nfct_diff: write "run SEED FIRST COUNT [IMPROVEMENT]" or "show SEED CHAPTER [IMPROVEMENT]", then read ---- */

static ssize_t command(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	unsigned int first, chapters = 1, improvement = 0;
	unsigned long long seed;
	char line[80] = {};
	u64 digest;

	if (count >= sizeof(line) || copy_from_user(line, from, count))
		return -EINVAL;
	guard(mutex)(&mutex);
	if (sscanf(line, "run %llu %u %u %u", &seed, &first, &chapters, &improvement) >= 3)
		diff_verbose = false;
	else if (sscanf(line, "show %llu %u %u", &seed, &first, &improvement) >= 2)
		diff_verbose = true;
	else
		return -EINVAL;
	diff_improvement = improvement;
	coverage_clear();
	for (text_len = 0; chapters--; first++) {
		size_t begin = text_len;

		digest = chapter(seed, first);
		if (!diff_verbose)
			text_len = begin;
		diff_print("D %u %016llx\n", first, digest);
		cond_resched();
	}
	coverage_print();
	settings_back();
	return count;
}

static ssize_t result(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	guard(mutex)(&mutex);
	return simple_read_from_buffer(to, count, pos, text, text_len);
}

static const struct proc_ops ops = { .proc_read = result, .proc_write = command, .proc_lseek = default_llseek };

static int __init begin(void)
{
	text = vmalloc(TEXT_SIZE);
	if (!text)
		return -ENOMEM;
	defaults = diff_net->ct;
	if (expect_init()) {
		vfree(text);
		return -ENOMEM;
	}
	warm_up();
	if (!proc_create("nfct_diff", 0600, NULL, &ops)) {
		expect_exit();
		vfree(text);
		return -ENOMEM;
	}
	return 0;
}

static void __exit end(void)
{
	remove_proc_entry("nfct_diff", NULL);
	fragments_exit();
	expect_exit();
	vfree(text);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Differential run of nf_conntrack: one generator, two implementations");
