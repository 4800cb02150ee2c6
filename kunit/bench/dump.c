// SPDX-License-Identifier: GPL-2.0-only
/* Dumps of the whole table, read inside the kernel: there is no reader to measure with them. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/net.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <net/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "bench.h"
#include "meter.h"

enum { ROOM = 32768 };
/* Stock's /proc goes as the square of the entries; what it has shown by then is told. */
#define LIMIT_NS (2 * NSEC_PER_SEC)

/* A file of /proc only reads into user space: into memory that is mapped for it. Only the reads are timed. */
static void proc_dump(struct bench *b, char *room)
{
	struct file *file = filp_open("/proc/self/net/nf_conntrack", O_RDONLY, 0);
	unsigned long user = vm_mmap(NULL, 0, ROOM, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	u64 begin, took = 0, shown = 0;
	loff_t at = 0;
	ssize_t n, k;

	if (IS_ERR(file) || IS_ERR_VALUE(user))
		return;
	while (took < LIMIT_NS) {
		begin = bench_now();
		n = file->f_op->read(file, (char __user *)user, ROOM, &at);
		took += bench_now() - begin;
		if (n <= 0 || copy_from_user(room, (char __user *)user, n))
			break;
		for (k = 0; k < n; k++)
			shown += room[k] == '\n';
		cond_resched();
	}
	meter_say("/proc dump", took, shown, b->flows - min_t(u64, shown, b->flows));
	vm_munmap(user, ROOM);
	filp_close(file, NULL);
}

static bool ask(struct socket *sock, u8 family)
{
	struct {
		struct nlmsghdr nl;
		struct nfgenmsg nf;
	} get = { .nl = { .nlmsg_len = sizeof(get), .nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		  .nf = { .nfgen_family = family } };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct kvec vec = { &get, sizeof(get) };

	return kernel_sendmsg(sock, &msg, &vec, 1, sizeof(get)) == sizeof(get);
}

/* How many entries came until the end of the dump; 0 if there was none. */
static u64 listen(struct socket *sock, char *room)
{
	u64 shown = 0;

	for (;;) {
		struct msghdr msg = {};
		struct kvec vec = { room, ROOM };
		int n = kernel_recvmsg(sock, &msg, &vec, 1, ROOM, 0);
		struct nlmsghdr *h = (struct nlmsghdr *)room;

		if (n <= 0)
			return 0;
		for (; nlmsg_ok(h, n); h = nlmsg_next(h, &n)) {
			if (h->nlmsg_type == NLMSG_DONE)
				return shown;
			if (h->nlmsg_type == NLMSG_ERROR)
				return 0;
			shown++;
		}
		cond_resched();
	}
}

static void netlink_dump(struct bench *b, char *room)
{
	struct socket *sock;
	u64 begin, shown;

	if (sock_create_kern(b->net, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, &sock))
		return;
	begin = bench_now();
	shown = ask(sock, b->family) ? listen(sock, room) : 0;
	meter_say("netlink dump", bench_now() - begin, shown, b->flows - min_t(u64, shown, b->flows));
	sock_release(sock);
}

void bench_dump(struct bench *b)
{
	char *room = kmalloc(ROOM, GFP_KERNEL);

	if (!room)
		return;
	if (bench_fill_udp(b, 0, b->flows)) {
		turn_begin();
		proc_dump(b, room);
		turn_end();
		turn_begin();
		netlink_dump(b, room);
		turn_end();
	}
	kfree(room);
	bench_flush(b);
}
