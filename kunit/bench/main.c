// SPDX-License-Identifier: GPL-2.0-only
/* /proc/nfct_bench: write "COMMAND FAMILY FLOWS" (4 or 6), then read: a line a row, name, times, nanoseconds (or bytes) for all, refused. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include "bench.h"
#include "main.h"
#include "meter.h"

unsigned int bench_packets_a_row = 200000;
module_param_named(packets, bench_packets_a_row, uint, 0400);
bool bench_in_cycles;
module_param_named(cycles, bench_in_cycles, bool, 0400);

static const struct {
	const char *name;
	void (*run)(struct bench *b);
} commands[] = {
	{ "packets", bench_packets }, { "special", bench_special }, { "full", bench_full }, { "memory", bench_memory }, { "table", bench_table },
	{ "dump", bench_dump }, { "elsewhere", bench_elsewhere }, { "collect", bench_collect }, { "cpus", bench_cpus },
};

static DEFINE_MUTEX(mutex);
static char text[8192];
static size_t text_len;

void main_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_len += vscnprintf(text + text_len, sizeof(text) - text_len, format, args);
	va_end(args);
}

/* ---- a namespace's end: this module is told before nf_conntrack, because it was loaded after it ---- */

static struct net *newest;
static u64 leaves;

struct net *main_newest_netns(void)
{
	return newest;
}

static int __net_init netns_comes(struct net *net)
{
	newest = net_eq(net, &init_net) ? NULL : net;
	return 0;
}

static void __net_exit netns_leaves(struct net *net)
{
	newest = NULL;
	leaves = bench_now();
}

static struct pernet_operations netns = { .init = netns_comes, .exit = netns_leaves };

/* ---- the file ---- */

static ssize_t command(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct bench b = { .random = 1, .net = &init_net };
	char line[40] = {}, name[20];
	unsigned int family, i;

	if (count >= sizeof(line) || copy_from_user(line, from, count))
		return -EINVAL;
	if (sscanf(line, "%19s %u %u", name, &family, &b.flows) != 3 || (family != 4 && family != 6) || b.flows < 1000 || b.flows > 2000000)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(commands) && strcmp(name, commands[i].name); i++)
		;
	if (i == ARRAY_SIZE(commands))
		return -EINVAL;
	b.family = family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	if (!bench_packet_make(&b))
		return -ENOMEM;
	mutex_lock(&mutex);
	text_len = 0;
	bench_flush(&b);
	commands[i].run(&b);
	mutex_unlock(&mutex);
	bench_packet_free(&b);
	return count;
}

/* What the last command found; how long a namespace that has ended since was in conntrack's hands. */
static ssize_t result(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	ssize_t n;

	mutex_lock(&mutex);
	if (leaves && bench_netns_left > leaves) {
		meter_say("netns exit", bench_netns_left - leaves, 1, 0);
		leaves = 0;
	}
	n = simple_read_from_buffer(to, count, pos, text, text_len);
	mutex_unlock(&mutex);
	return n;
}

static const struct proc_ops ops = { .proc_read = result, .proc_write = command, .proc_lseek = default_llseek };

static int __init begin(void)
{
	int err;

	if (!turns_ready())
		return -EINVAL;
	err = register_pernet_subsys(&netns);
	if (err)
		return err;
	if (proc_create("nfct_bench", 0600, NULL, &ops))
		return 0;
	unregister_pernet_subsys(&netns);
	return -ENOMEM;
}

static void __exit end(void)
{
	remove_proc_entry("nfct_bench", NULL);
	unregister_pernet_subsys(&netns);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What nf_conntrack costs");
