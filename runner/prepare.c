/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "base/mem.h"
#include "files.h"
#include "interrupts.h"
#include "string/strv.h"

#define THP  "/sys/kernel/mm/transparent_hugepage/"
#define HUGE "/sys/kernel/mm/hugepages/"
#define CPU  "/sys/devices/system/cpu/"

const struct prepare_setting prepare_settings[] = {
	{THP "enabled", "madvise", "the scenario decides about huge pages, not the machine"},
	{THP "defrag", "madvise", "... and gets them at once or not at all"},
	{THP "khugepaged/defrag", "0", "nobody else moves pages meanwhile"},
	{"/sys/kernel/mm/ksm/run", "0", "merging of equal pages takes them from the guest"},
	{"/proc/sys/kernel/numa_balancing", "0", "pages and threads stay where they are"},
	{"/proc/sys/kernel/randomize_va_space", "0", "one layout of user space for all"},
	{"/proc/sys/vm/compaction_proactiveness", "0", "no compaction in the background"},
	{"/proc/sys/kernel/watchdog", "0", "no interrupt that only looks for lockups"},
	{"/proc/sys/kernel/nmi_watchdog", "0", "... and none of the counters"},
	{CPU "cpufreq/policy*/scaling_governor", "performance", "one frequency, the highest"},
	{CPU "cpufreq/boost", "0", "... that a warm machine can hold"},
};

const size_t prepare_setting_count = ARRAY_SIZE(prepare_settings);

static int control_set(const char *path, const char *value, struct undo *undo, struct str *ret,
	struct err *err)
{
	auto_free char *old = undo_read(path), *now = NULL;
	int r;

	if (!old)
		return err_set(err, -EIO, "cannot read %s", path);
	if (strcmp(old, value) == 0)
		return 0;
	r = undo_note_value(undo, path, old, err);
	if (r == 0)
		r = files_write(path, value, err);
	if (r < 0)
		return r;
	now = undo_read(path);
	if (!now || strcmp(now, value) != 0)
		return err_set(err, -EIO, "%s was set to %s and reads %s", path, value,
			now && *now ? now : "nothing");
	str_addf(ret, "%s: %s -> %s\n", path, old, now);
	return 0;
}

static int set_controls(struct undo *undo, struct str *ret, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < prepare_setting_count && r == 0; i++) {
		const struct prepare_setting *setting = &prepare_settings[i];
		auto_strv struct strv files = STRV_INIT;

		files_expand(setting->pattern, &files);
		for (size_t j = 0; j < files.count && r == 0; j++)
			r = control_set(files.items[j], setting->value, undo, ret, err);
		if (r < 0 && r != -EBUSY)
			err_note(err, "wanted because: %s", setting->why);
	}
	return r;
}

/* A kernel gives as many huge pages as it finds and says nothing: so read back what is free. */
static int reserve_huge_pages(uint64_t page_bytes, uint64_t pages, struct undo *undo,
	struct str *ret, struct err *err)
{
	unsigned long long kilobytes = (unsigned long long)page_bytes / 1024;
	auto_free char *total = mem_printf(HUGE "hugepages-%llukB/nr_hugepages", kilobytes);
	auto_free char *free_file =
		mem_printf(HUGE "hugepages-%llukB/free_hugepages", kilobytes);
	auto_free char *wanted = mem_printf("%llu", (unsigned long long)pages);
	uint64_t have, default_kilobytes;

	if (files_number_of("/proc/meminfo", "Hugepagesize", &default_kilobytes) < 0 ||
		default_kilobytes != kilobytes)
		return err_set(err, -ENOENT,
			"the kernel's default huge page size is not %llu kB: the test would "
			"get others",
			kilobytes);
	if (files_number(total, &have) < 0)
		return err_set(
			err, -ENOENT, "this kernel has no huge pages of %llu kB", kilobytes);
	if (have < pages) {
		struct err lesser = ERR_INIT;
		int r = control_set(total, wanted, undo, ret, &lesser);

		if (r == -EBUSY)
			return err_set(err, r, "%s", lesser.text);
		/* else what counts is what is free then */
	}
	if (files_number(free_file, &have) < 0 || have < pages)
		return err_set(err, -ENOMEM, "only %llu of %llu huge pages of %llu kB are free",
			(unsigned long long)have, (unsigned long long)pages, kilobytes);
	str_addf(ret, "%s: %llu free\n", free_file, (unsigned long long)have);
	return 0;
}

/* "/dev/sda2 partition 8388604 0 -2": name, type, size, used, priority. */
static int swap_off(struct undo *undo, struct str *ret, struct err *err)
{
	auto_str struct str swaps = STR_INIT;
	auto_strv struct strv lines = STRV_INIT;

	if (files_read("/proc/swaps", 64 * 1024, &swaps) < 0)
		return 0;
	strv_split(&lines, str_text(&swaps), "\n");
	for (size_t i = 1; i < lines.count; i++) {
		auto_strv struct strv fields = STRV_INIT;
		int r;

		strv_split(&fields, lines.items[i], " \t");
		if (fields.count < 5)
			continue;
		r = undo_note_swap(undo, fields.items[0], atoi(fields.items[4]), err);
		if (r < 0)
			return r;
		if (swapoff(fields.items[0]) < 0)
			return err_sys(
				err, -errno, "cannot switch off swap on %s", fields.items[0]);
		str_addf(ret, "/proc/swaps: %s -> off\n", fields.items[0]);
	}
	return 0;
}

/*
 * Deep idle states cost a wake-up. The kernel keeps a wish for a latency as long as
 * the file stays open, so that it ends with us, however we end.
 */
static void hold_latency(struct str *ret)
{
	static int fd = -1;
	int32_t microseconds = 0;

	if (fd < 0)
		fd = files_open("/dev/cpu_dma_latency", O_WRONLY);
	if (fd >= 0 && write(fd, &microseconds, sizeof(microseconds)) == sizeof(microseconds))
		str_add(ret, "/dev/cpu_dma_latency: held at 0\n");
}

int prepare_machine(
	const struct prepare_order *order, struct undo *undo, struct str *ret, struct err *err)
{
	int r = 0;

	if (order->huge_pages)
		r = reserve_huge_pages(
			order->huge_page_bytes, order->huge_pages, undo, ret, err);
	if (r == 0 && order->wants_thp && !files_exist(THP "enabled"))
		r = err_set(err, -ENOENT, "this kernel has no transparent huge pages");
	if (r == 0)
		r = swap_off(undo, ret, err);
	if (r == 0)
		r = set_controls(undo, ret, err);
	if (r == 0)
		r = interrupts_move(order->pin, undo, ret, err);
	if (r == 0)
		hold_latency(ret);
	return r;
}

uint64_t prepare_huge_pages_in_use(void)
{
	auto_strv struct strv files = STRV_INIT;
	uint64_t in_use = 0;

	files_expand(HUGE "hugepages-*/nr_hugepages", &files);
	for (size_t i = 0; i < files.count; i++) {
		auto_free char *folder = mem_strndup(
			files.items[i], strlen(files.items[i]) - strlen("nr_hugepages"));
		auto_free char *free_file = mem_printf("%sfree_hugepages", folder);
		uint64_t total, unused;

		if (files_number(files.items[i], &total) == 0 &&
			files_number(free_file, &unused) == 0 && total > unused)
			in_use += total - unused;
	}
	return in_use;
}
