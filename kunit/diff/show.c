// SPDX-License-Identifier: GPL-2.0-only
/* A replay in words: a line for the packet, a line of name=value for what conntrack made of it. explain.py reads both. */
#include "diff.h"

static const char *const tcp_state[] = {
	"NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2",
};
static const char *const sctp_state[] = {
	"NONE", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT",
};
static const char *const dccp_state[] = { "NONE", "REQUEST", "RESPOND", "PARTOPEN", "OPEN", "CLOSEREQ", "CLOSING", "TIMEWAIT" };
static const char *const presence[] = { "absent", "unconfirmed", "alive", "dying", "expired" };
static const char *const info_name[] = { "established", "related", "new", "established-reply", "related-reply", "5", "6", "untracked" };
static const char *const rule_name[] = { "pass", "mark", "drop", "kill", "fix-timeout", "close", "hold", "shift" };

static const char *const arrival[] = { "", "(in pieces)", "(pieces out of order)", "(a piece twice)", "(pieces overlap)", "(a piece is lost)" };

#define NAME(table, n) ((n) < ARRAY_SIZE(table) ? (table)[n] : "?")

static void tuple(const char *who, const struct nf_conntrack_tuple *t)
{
	if (t->src.l3num == NFPROTO_IPV4)
		diff_print(" %s=%u:%pI4:%u>%pI4:%u/%u", who, t->dst.protonum, &t->src.u3.ip, ntohs(t->src.u.all), &t->dst.u3.ip, ntohs(t->dst.u.all), t->dst.dir);
	else
		diff_print(" %s=%u:%pI6c.%u>%pI6c.%u/%u", who, t->dst.protonum, &t->src.u3, ntohs(t->src.u.all), &t->dst.u3, ntohs(t->dst.u.all), t->dst.dir);
}

static void tcp(const char *who, const struct ip_ct_tcp *t)
{
	unsigned int i;

	diff_print(" %s.state=%s", who, NAME(tcp_state, t->state));
	for (i = 0; i < 2; i++)
		diff_print(" %s.end%u=%u %s.maxend%u=%u %s.maxwin%u=%u %s.maxack%u=%u %s.scale%u=%u %s.flags%u=%02x",
			   who, i, t->seen[i].td_end, who, i, t->seen[i].td_maxend, who, i, t->seen[i].td_maxwin, who, i, t->seen[i].td_maxack,
			   who, i, t->seen[i].td_scale, who, i, t->seen[i].flags);
	diff_print(" %s.last_dir=%u %s.last_index=%u %s.retrans=%u %s.last_seq=%u %s.last_ack=%u %s.last_end=%u %s.last_win=%u %s.last_wscale=%u %s.last_flags=%02x",
		   who, t->last_dir, who, t->last_index, who, t->retrans, who, t->last_seq, who, t->last_ack, who, t->last_end, who, t->last_win,
		   who, t->last_wscale, who, t->last_flags);
}

static void entry(const char *who, const struct entry *e)
{
	diff_print(" %s=%s", who, NAME(presence, e->what));
	if (e->what == ABSENT || e->what == EXPIRED)
		return;
	diff_print(" %s.status=%llx %s.left=%lld %s.mark=%u %s.zone=%u %s.use=%u %s.extensions=%x", who, e->status, who, e->left, who, e->mark, who, e->zone, who, e->use,
		   who, e->extensions);
	tuple(who, &e->tuple[0]);
	tuple(who, &e->tuple[1]);
	diff_print(" %s.counted=%llu/%llu/%llu/%llu %s.pending=%llx %s.ctmask=%x %s.missed=%x %s.started=%llu", who, e->acct[0], e->acct[1], e->acct[2],
		   e->acct[3], who, e->pending, who, e->ctmask, who, e->missed, who, e->started);
	diff_print(" %s.expecting=%*phN", who, (int)sizeof(e->expecting), e->expecting);
	if (e->master.dst.protonum)
		tuple("master", &e->master);
	if (e->extensions & BIT(NF_CT_EXT_SEQADJ))
		diff_print(" %s.shift0=%u:%d:%d %s.shift1=%u:%d:%d", who, e->shift.seq[0].correction_pos, e->shift.seq[0].offset_before,
			   e->shift.seq[0].offset_after, who, e->shift.seq[1].correction_pos, e->shift.seq[1].offset_before, e->shift.seq[1].offset_after);
	switch (e->tuple[0].dst.protonum) {
	case IPPROTO_TCP:
		tcp(who, &e->proto.tcp);
		break;
	case IPPROTO_SCTP:
		diff_print(" %s.state=%s %s.tag0=%08x %s.tag1=%08x %s.init=%u/%u %s.last_dir=%u %s.flags=%x", who, NAME(sctp_state, e->proto.sctp.state),
			   who, ntohl(e->proto.sctp.vtag[0]), who, ntohl(e->proto.sctp.vtag[1]), who, e->proto.sctp.init[0], e->proto.sctp.init[1],
			   who, e->proto.sctp.last_dir, who, e->proto.sctp.flags);
		break;
	case IPPROTO_DCCP:
		diff_print(" %s.state=%s %s.role0=%u %s.last_packet=%u %s.last_dir=%u %s.handshake=%llu", who, NAME(dccp_state, e->proto.dccp.state),
			   who, e->proto.dccp.role[0], who, e->proto.dccp.last_pkt, who, e->proto.dccp.last_dir, who, e->proto.dccp.handshake_seq);
		break;
	}
	/* And all of it, in case that there is more in it than we know. */
	diff_print(" %s.raw=%*phN", who, (int)sizeof(e->proto), &e->proto);
}

void show(unsigned int n, const struct flow *f, const struct packet *p, const struct record *r)
{
	static const char *const stat_name[] = { "invalid", "insert", "insert_failed", "clash_resolve", "drop", "early_drop", "error", "found",
		"expect_new", "expect_create", "expect_delete" };
	unsigned int i;

	diff_print("P %u f%u.%u %s%u %s %s%s%s%s %s\n", n, f->index, f->number,
		   p->protocol == IPPROTO_TCP ? "tcp" : p->protocol == IPPROTO_UDP ? "udp" : p->protocol == IPPROTO_UDPLITE ? "udplite" :
		   p->protocol == IPPROTO_SCTP ? "sctp" : p->protocol == IPPROTO_DCCP ? "dccp" : p->protocol == IPPROTO_GRE ? "gre" :
		   p->protocol == IPPROTO_ICMP || p->protocol == IPPROTO_ICMPV6 ? "icmp" : "proto", p->family == NFPROTO_IPV4 ? 4 : 6,
		   p->from ? "<-" : "->", p->hook == NF_INET_LOCAL_OUT ? "(local) " : "", p->summed == CHECKSUM_NONE ? "" : "(verified) ",
		   p->linear < p->len ? "(paged) " : "", NAME(arrival, p->arrival), p->text);
	diff_print("B %u %*phN\n", n, 64, p->data);
	diff_print("R %u now=%lu", n, jiffies);
	diff_print(" rule=%s in=%u", NAME(rule_name, r->rule), r->in);
	if (r->packet.what)
		diff_print(" ctinfo=%s", NAME(info_name, r->in_info));
	else
		diff_print(" ctinfo=%s", r->in_info == IP_CT_UNTRACKED ? "untracked" : "invalid");
	entry("packet", &r->packet);
	diff_print(" bytes=%llx", r->bytes);
	diff_print(" out=%d ctinfo_out=%s late=%d", (int)r->out, NAME(info_name, r->out_info), (int)r->late - 1);
	diff_print(" helped=%x expected=%d", r->helped, (int)r->expected);
	entry("flow", &r->flow);
	for (i = 0; i < ARRAY_SIZE(stat_name); i++)
		if (r->stat[i])
			diff_print(" stat.%s=%u", stat_name[i], r->stat[i]);
	diff_print(" events=%llu", r->events);
	for (i = 0; i < r->events && i < MAX_EVENTS; i++) {
		diff_print(" event%u.mask=%x event%u.refused=%u event%u.status=%llx", i, r->event[i].mask, i, r->event[i].refused, i, r->event[i].status);
		tuple("event", &r->event[i].tuple);
	}
	diff_print("\n");
}
