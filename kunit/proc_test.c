// SPDX-License-Identifier: GPL-2.0-only
/* Suite: a line of /proc/net/nf_conntrack, compared character by character, for every protocol and every column. */
#include <linux/seq_file.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <nfct/kunit/lab.h>
#include <nfct/present/files.h>

#ifdef CONFIG_NF_CONNTRACK_MARK
#define MARK "mark=0 "
#else
#define MARK ""
#endif
/* Shown even if it is the default one. */
#ifdef CONFIG_NF_CONNTRACK_ZONES
#define ZONE "zone=0 "
#else
#define ZONE ""
#endif

static const struct nfct_flow udp = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };
static const u64 now = 1700000000ULL * NSEC_PER_SEC;

#define UDP_THERE "src=10.0.0.1 dst=10.0.0.2 sport=1000 dport=53 "
#define UDP_BACK "src=10.0.0.2 dst=10.0.0.1 sport=53 dport=1000 "

static void print(struct kunit *test, struct nf_conn *ct, char *to, size_t size)
{
	struct seq_file s = { .buf = to, .size = size };

	nfct_print_conn(&s, ct, now);
	if (s.count < size)
		to[s.count] = '\0';
}

/* Life left when it is printed; half a second is kept in hand. */
static void expect_line(struct kunit *test, struct nf_conn *ct, unsigned int seconds, const char *line)
{
	char *got = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, got);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + seconds * HZ + HZ / 2);
	print(test, ct, got, PAGE_SIZE);
	KUNIT_EXPECT_STREQ(test, got, line);
}

/* In the table, so that the bench removes it; of any protocol, whether there is a tracker for it or not. */
static struct nf_conn *made_by_hand(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conn *ct = nfct_alloc(test, f);

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_check_insert(ct), 0);
	nf_ct_put(ct);
	return ct;
}

static void plain(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);

	expect_line(test, ct, 29, "ipv4     2 udp      17 29 " UDP_THERE "[UNREPLIED] " UDP_BACK MARK ZONE "use=1\n");
	nf_conntrack_get(&ct->ct_general);
	set_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	expect_line(test, ct, 0, "ipv4     2 udp      17 0 " UDP_THERE UDP_BACK MARK ZONE "use=2\n");
	nf_ct_put(ct);
}

/* Translated: the reply is not the mirror image. */
static void translated(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);
	struct nf_conntrack_tuple *reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple, true_reply = *reply;

	reply->src.u3.ip = htonl(0xc0a80107);
	reply->src.u.udp.port = htons(5353);
	expect_line(test, ct, 5, "ipv4     2 udp      17 5 " UDP_THERE
		    "[UNREPLIED] src=192.168.1.7 dst=10.0.0.1 sport=5353 dport=1000 " MARK ZONE "use=1\n");
	/* It must be found to be removed. */
	*reply = true_reply;
}

static void tcp_states(struct kunit *test)
{
	static const char *const names[] = { "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT",
					     "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2" };
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_TCP, 1, 65535, 2, 1 };
	struct nf_conn *ct = nfct_open(test, &f);
	char line[300];
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		ct->proto.tcp.state = i;
		snprintf(line, sizeof(line),
			 "ipv4     2 tcp      6 431999 %s src=10.0.0.1 dst=10.0.0.2 sport=65535 dport=1 [UNREPLIED] "
			 "src=10.0.0.2 dst=10.0.0.1 sport=1 dport=65535 " MARK ZONE "use=1\n", names[i]);
		expect_line(test, ct, 431999, line);
	}
}

static void ipv6(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV6, IPPROTO_TCP, 0x10203, 1000, 2, 443 };
	struct nf_conn *ct = nfct_open(test, &f);

	set_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	set_bit(IPS_ASSURED_BIT, &ct->status);
	ct->proto.tcp.state = TCP_CONNTRACK_ESTABLISHED;
	expect_line(test, ct, 100,
		    "ipv6     10 tcp      6 100 ESTABLISHED src=fd00:0000:0000:0000:0000:0000:0001:0203 "
		    "dst=fd00:0000:0000:0000:0000:0000:0000:0002 sport=1000 dport=443 src=fd00:0000:0000:0000:0000:0000:0000:0002 "
		    "dst=fd00:0000:0000:0000:0000:0000:0001:0203 sport=443 dport=1000 [ASSURED] " MARK ZONE "use=1\n");
}

static void icmp(struct kunit *test)
{
	struct nfct_flow four = { NFPROTO_IPV4, IPPROTO_ICMP, 1, 777, 2 }, six = { NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 777, 2 };

	expect_line(test, nfct_open(test, &four), 29,
		    "ipv4     2 icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=777 [UNREPLIED] "
		    "src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=777 " MARK ZONE "use=1\n");
	expect_line(test, nfct_open(test, &six), 29,
		    "ipv6     10 icmpv6   58 29 src=fd00:0000:0000:0000:0000:0000:0000:0001 "
		    "dst=fd00:0000:0000:0000:0000:0000:0000:0002 type=128 code=0 id=777 [UNREPLIED] "
		    "src=fd00:0000:0000:0000:0000:0000:0000:0002 dst=fd00:0000:0000:0000:0000:0000:0000:0001 "
		    "type=129 code=0 id=777 " MARK ZONE "use=1\n");
}

static void other_protocols(struct kunit *test)
{
	struct nfct_flow f = udp;
	struct nf_conn *ct;

	f.protocol = IPPROTO_UDPLITE;
	expect_line(test, made_by_hand(test, &f), 1, "ipv4     2 udplite  136 1 " UDP_THERE "[UNREPLIED] " UDP_BACK MARK ZONE "use=1\n");
#ifdef CONFIG_NF_CT_PROTO_SCTP
	f.protocol = IPPROTO_SCTP;
	ct = made_by_hand(test, &f);
	ct->proto.sctp.state = SCTP_CONNTRACK_COOKIE_ECHOED;
	expect_line(test, ct, 1, "ipv4     2 sctp     132 1 COOKIE_ECHOED " UDP_THERE "[UNREPLIED] " UDP_BACK MARK ZONE "use=1\n");
#endif
#ifdef CONFIG_NF_CT_PROTO_DCCP
	f.protocol = IPPROTO_DCCP;
	ct = made_by_hand(test, &f);
	ct->proto.dccp.state = CT_DCCP_PARTOPEN;
	expect_line(test, ct, 1, "ipv4     2 dccp     33 1 PARTOPEN " UDP_THERE "[UNREPLIED] " UDP_BACK MARK ZONE "use=1\n");
#endif
#ifdef CONFIG_NF_CT_PROTO_GRE
	f.protocol = IPPROTO_GRE;
	f.sport = 0;
	f.dport = 0x1f;
	ct = made_by_hand(test, &f);
	ct->proto.gre.timeout = 30 * HZ;
	ct->proto.gre.stream_timeout = 180 * HZ;
	expect_line(test, ct, 1, "ipv4     2 gre      47 1 timeout=30, stream_timeout=180 src=10.0.0.1 dst=10.0.0.2 srckey=0x0 dstkey=0x1f "
		    "[UNREPLIED] src=10.0.0.2 dst=10.0.0.1 srckey=0x1f dstkey=0x0 " MARK ZONE "use=1\n");
#endif
	f = (struct nfct_flow){ NFPROTO_IPV4, 89, 1, 0, 2, 0 };
	expect_line(test, made_by_hand(test, &f), 599,
		    "ipv4     2 unknown  89 599 src=10.0.0.1 dst=10.0.0.2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 " MARK ZONE "use=1\n");
}

/* The strongest of three is shown; what is offloaded has neither a time nor, for TCP, a state that we know. */
static void holds(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 80 };
	static const char rest[] = "src=10.0.0.1 dst=10.0.0.2 sport=1000 dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=1000 ";
	struct nf_conn *ct = nfct_open(test, &f);
	char line[300];

	ct->status |= IPS_SEEN_REPLY | IPS_ASSURED;
	ct->proto.tcp.state = TCP_CONNTRACK_ESTABLISHED;
	snprintf(line, sizeof(line), "ipv4     2 tcp      6 9 ESTABLISHED %s[ASSURED] " MARK ZONE "use=1\n", rest);
	expect_line(test, ct, 9, line);
	set_bit(IPS_OFFLOAD_BIT, &ct->status);
	snprintf(line, sizeof(line), "ipv4     2 tcp      6 %s[OFFLOAD] " MARK ZONE "use=1\n", rest);
	expect_line(test, ct, 9, line);
	set_bit(IPS_HW_OFFLOAD_BIT, &ct->status);
	snprintf(line, sizeof(line), "ipv4     2 tcp      6 %s[HW_OFFLOAD] " MARK ZONE "use=1\n", rest);
	expect_line(test, ct, 9, line);
}

static void counters(struct kunit *test)
{
	struct nf_conn_counter *c;
	struct nf_conn *ct;

	init_net.ct.sysctl_acct = 1;
	ct = nfct_open(test, &udp);
	c = nf_conn_acct_find(ct)->counter;
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "packets=1 bytes=32 [UNREPLIED] " UDP_BACK "packets=0 bytes=0 "
		    MARK ZONE "use=1\n");
	set_bit(IPS_SEEN_REPLY_BIT, &ct->status);
	atomic64_set(&c[0].packets, 12345678901LL);
	atomic64_set(&c[1].packets, -1);
	atomic64_set(&c[1].bytes, 7);
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "packets=12345678901 bytes=32 " UDP_BACK
		    "packets=18446744073709551615 bytes=7 " MARK ZONE "use=1\n");
}

#ifdef CONFIG_NF_CONNTRACK_ZONES
/* Beside the tuple that it applies to, or behind both. */
static void zones(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);
	struct nf_conntrack_zone before = ct->zone;

	ct->zone = (struct nf_conntrack_zone){ .id = 5, .dir = NF_CT_ZONE_DIR_ORIG };
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "zone-orig=5 [UNREPLIED] " UDP_BACK MARK "use=1\n");
	ct->zone = (struct nf_conntrack_zone){ .id = 65535, .dir = NF_CT_ZONE_DIR_REPL };
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "[UNREPLIED] " UDP_BACK "zone-reply=65535 " MARK "use=1\n");
	ct->zone = (struct nf_conntrack_zone){ .id = 9, .dir = NF_CT_DEFAULT_ZONE_DIR };
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "[UNREPLIED] " UDP_BACK MARK "zone=9 use=1\n");
	ct->zone = before;
}
#endif

#ifdef CONFIG_NF_CONNTRACK_MARK
static void marks(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);

	WRITE_ONCE(ct->mark, 0xffffffff);
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "[UNREPLIED] " UDP_BACK "mark=4294967295 " ZONE "use=1\n");
}
#endif

#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
static void age(struct kunit *test)
{
	struct nf_conn_tstamp *stamp;
	struct nf_conn *ct;

	init_net.ct.sysctl_tstamp = 1;
	ct = nfct_open(test, &udp);
	stamp = nf_conn_tstamp_find(ct);
	stamp->start = now - 90061 * NSEC_PER_SEC - 999999999;
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "[UNREPLIED] " UDP_BACK MARK ZONE "delta-time=90061 use=1\n");
	/* The clock was set back. */
	stamp->start = now + 1;
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "[UNREPLIED] " UDP_BACK MARK ZONE "delta-time=0 use=1\n");
}
#endif

/* The order of all columns. */
static void all_columns(struct kunit *test)
{
#if defined(CONFIG_NF_CONNTRACK_MARK) && defined(CONFIG_NF_CONNTRACK_ZONES) && defined(CONFIG_NF_CONNTRACK_TIMESTAMP)
	struct nf_conntrack_zone before;
	struct nf_conn *ct;

	init_net.ct.sysctl_acct = 1;
	init_net.ct.sysctl_tstamp = 1;
	ct = nfct_open(test, &udp);
	before = ct->zone;
	ct->zone = (struct nf_conntrack_zone){ .id = 9, .dir = NF_CT_DEFAULT_ZONE_DIR };
	ct->mark = 8;
	nf_conn_tstamp_find(ct)->start = now - 7 * NSEC_PER_SEC;
	set_bit(IPS_ASSURED_BIT, &ct->status);
	expect_line(test, ct, 3, "ipv4     2 udp      17 3 " UDP_THERE "packets=1 bytes=32 [UNREPLIED] " UDP_BACK
		    "packets=0 bytes=0 [ASSURED] mark=8 zone=9 delta-time=7 use=1\n");
	ct->zone = before;
#else
	kunit_skip(test, "the kernel lacks some of the columns");
#endif
}

/* An entry that does not fit is cut, and nothing is written behind the buffer; seq_file then asks again with a larger one. */
static void a_buffer_too_small(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);
	char *whole = kunit_kzalloc(test, 256, GFP_KERNEL), *cut;
	size_t len, size;

	KUNIT_ASSERT_NOT_NULL(test, whole);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + 20 * HZ + HZ / 2);
	print(test, ct, whole, 256);
	len = strlen(whole);
	for (size = 1; size <= len; size++) {
		struct seq_file s = { .size = size };

		cut = kunit_kzalloc(test, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, cut);
		s.buf = cut;
		nfct_print_conn(&s, ct, now);
		KUNIT_EXPECT_TRUE_MSG(test, seq_has_overflowed(&s), "%zu bytes", size);
		kunit_kfree(test, cut);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(plain),
	KUNIT_CASE(translated),
	KUNIT_CASE(tcp_states),
	KUNIT_CASE(ipv6),
	KUNIT_CASE(icmp),
	KUNIT_CASE(other_protocols),
	KUNIT_CASE(holds),
	KUNIT_CASE(counters),
#ifdef CONFIG_NF_CONNTRACK_ZONES
	KUNIT_CASE(zones),
#endif
#ifdef CONFIG_NF_CONNTRACK_MARK
	KUNIT_CASE(marks),
#endif
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	KUNIT_CASE(age),
#endif
	KUNIT_CASE(all_columns),
	KUNIT_CASE(a_buffer_too_small),
	{}
};
NFCT_SUITE(nfct_proc, cases);
