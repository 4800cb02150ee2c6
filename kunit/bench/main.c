// SPDX-License-Identifier: GPL-2.0-only
/* /proc/nfct_bench: write "FAMILY FLOWS" (4 or 6), then read: a line a row, name, times, nanoseconds, refused. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include "bench.h"

static DEFINE_MUTEX(mutex);
static char text[4096];
static size_t text_len;

static void say(const struct figure *f)
{
	text_len += scnprintf(text + text_len, sizeof(text) - text_len, "%s\t%llu\t%llu\t%llu\n", f->name, f->times, f->ns, f->refused);
}

static ssize_t command(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct bench b = { .random = 1 };
	char line[40] = {};
	unsigned int family;

	if (count >= sizeof(line) || copy_from_user(line, from, count))
		return -EINVAL;
	if (sscanf(line, "%u %u", &family, &b.flows) != 2 || (family != 4 && family != 6) || b.flows < 100 || b.flows > 4000000)
		return -EINVAL;
	b.family = family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	if (!bench_packet_make(&b))
		return -ENOMEM;
	mutex_lock(&mutex);
	text_len = 0;
	bench_rows(&b, say);
	mutex_unlock(&mutex);
	bench_packet_free(&b);
	return count;
}

static ssize_t result(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	ssize_t n;

	mutex_lock(&mutex);
	n = simple_read_from_buffer(to, count, pos, text, text_len);
	mutex_unlock(&mutex);
	return n;
}

static const struct proc_ops ops = { .proc_read = result, .proc_write = command, .proc_lseek = default_llseek };

static int __init begin(void)
{
	return proc_create("nfct_bench", 0600, NULL, &ops) ? 0 : -ENOMEM;
}

static void __exit end(void)
{
	remove_proc_entry("nfct_bench", NULL);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What nf_conntrack's packet path costs");
