// SPDX-License-Identifier: GPL-2.0-only
/* The timeouts and switches that every protocol starts with in a new netns (kernel: nf_conntrack_*_init_net()). */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/string.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include <nfct/present/present.h>

#define SECONDS(n) ((n) * HZ)
#define MINUTES(n) SECONDS((n) * 60)
#define HOURS(n) MINUTES((n) * 60)
#define DAYS(n) HOURS((n) * 24)

/*
 * In each array of timeouts, the one at index 0 belongs to no state; it repeats the one of a connection's first packet, so that those
 * who do not know the protocol can take it for "new".
 */
static void tcp_defaults(struct nf_tcp_net *tcp)
{
	static const unsigned int timeouts[TCP_CONNTRACK_TIMEOUT_MAX] = {
		[0] = MINUTES(2),
		[TCP_CONNTRACK_SYN_SENT] = MINUTES(2),
		[TCP_CONNTRACK_SYN_RECV] = SECONDS(60),
		[TCP_CONNTRACK_ESTABLISHED] = DAYS(5),
		[TCP_CONNTRACK_FIN_WAIT] = MINUTES(2),
		[TCP_CONNTRACK_CLOSE_WAIT] = SECONDS(60),
		[TCP_CONNTRACK_LAST_ACK] = SECONDS(30),
		[TCP_CONNTRACK_TIME_WAIT] = MINUTES(2),
		[TCP_CONNTRACK_CLOSE] = SECONDS(10),
		[TCP_CONNTRACK_SYN_SENT2] = MINUTES(2),
		[TCP_CONNTRACK_RETRANS] = MINUTES(5),
		[TCP_CONNTRACK_UNACK] = MINUTES(5),
	};

	memcpy(tcp->timeouts, timeouts, sizeof(timeouts));
	tcp->tcp_loose = 1;
	tcp->tcp_be_liberal = 0;
	tcp->tcp_max_retrans = 3;
	tcp->tcp_ignore_invalid_rst = 0;
#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)
	tcp->offload_timeout = SECONDS(30);
#endif
}

static void udp_defaults(struct nf_udp_net *udp)
{
	udp->timeouts[UDP_CT_UNREPLIED] = SECONDS(30);
	udp->timeouts[UDP_CT_REPLIED] = SECONDS(120);
#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)
	udp->offload_timeout = SECONDS(30);
#endif
}

#ifdef CONFIG_NF_CT_PROTO_SCTP
static void sctp_defaults(struct nf_sctp_net *sctp)
{
	static const unsigned int timeouts[SCTP_CONNTRACK_MAX] = {
		[0] = SECONDS(10),
		[SCTP_CONNTRACK_CLOSED] = SECONDS(10),
		[SCTP_CONNTRACK_COOKIE_WAIT] = SECONDS(3),
		[SCTP_CONNTRACK_COOKIE_ECHOED] = SECONDS(3),
		[SCTP_CONNTRACK_ESTABLISHED] = SECONDS(210),
		[SCTP_CONNTRACK_SHUTDOWN_SENT] = SECONDS(3),
		[SCTP_CONNTRACK_SHUTDOWN_RECD] = SECONDS(3),
		[SCTP_CONNTRACK_SHUTDOWN_ACK_SENT] = SECONDS(3),
		[SCTP_CONNTRACK_HEARTBEAT_SENT] = SECONDS(30),
	};

	memcpy(sctp->timeouts, timeouts, sizeof(timeouts));
}
#endif

#ifdef CONFIG_NF_CT_PROTO_DCCP
static void dccp_defaults(struct nf_dccp_net *dccp)
{
	/* In units of the maximum segment lifetime (RFC 4340 section 3.4), which is 2 minutes. */
	static const unsigned int msl = MINUTES(2);

	dccp->dccp_loose = 1;
	dccp->dccp_timeout[CT_DCCP_NONE] = 2 * msl;
	dccp->dccp_timeout[CT_DCCP_REQUEST] = 2 * msl;
	dccp->dccp_timeout[CT_DCCP_RESPOND] = 4 * msl;
	dccp->dccp_timeout[CT_DCCP_PARTOPEN] = 4 * msl;
	dccp->dccp_timeout[CT_DCCP_OPEN] = HOURS(12);
	dccp->dccp_timeout[CT_DCCP_CLOSEREQ] = SECONDS(64);
	dccp->dccp_timeout[CT_DCCP_CLOSING] = SECONDS(64);
	dccp->dccp_timeout[CT_DCCP_TIMEWAIT] = 2 * msl;
}
#endif

#ifdef CONFIG_NF_CT_PROTO_GRE
static void gre_defaults(struct nf_gre_net *gre)
{
	INIT_LIST_HEAD(&gre->keymap_list);
	gre->timeouts[GRE_CT_UNREPLIED] = SECONDS(30);
	gre->timeouts[GRE_CT_REPLIED] = SECONDS(180);
}
#endif

void nfct_proto_defaults(struct net *net)
{
	nf_generic_pernet(net)->timeout = SECONDS(600);
	nf_icmp_pernet(net)->timeout = SECONDS(30);
	nf_icmpv6_pernet(net)->timeout = SECONDS(30);
	tcp_defaults(nf_tcp_pernet(net));
	udp_defaults(nf_udp_pernet(net));
#ifdef CONFIG_NF_CT_PROTO_SCTP
	sctp_defaults(nf_sctp_pernet(net));
#endif
#ifdef CONFIG_NF_CT_PROTO_DCCP
	dccp_defaults(nf_dccp_pernet(net));
#endif
#ifdef CONFIG_NF_CT_PROTO_GRE
	gre_defaults(nf_gre_pernet(net));
#endif
}
