/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prepare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "base/mem.h"
#include "files.h"

#define THP  "/sys/kernel/mm/transparent_hugepage/"
#define HUGE "/sys/kernel/mm/hugepages/"

/* Control files and the value that keeps noise out of a measurement. */
static const struct setting {
	const char *pattern;
	const char *value;
} settings[] = {
	{THP "enabled", "madvise"},
	{THP "defrag", "madvise"},
	{THP "khugepaged/defrag", "0"},
	{"/sys/kernel/mm/ksm/run", "0"},
	{"/proc/sys/kernel/numa_balancing", "0"},
	{"/proc/sys/kernel/randomize_va_space", "0"},
	{"/proc/sys/vm/compaction_proactiveness", "0"},
	{"/proc/sys/kernel/watchdog", "0"},
	{"/sys/devices/system/cpu/cpufreq/policy*/scaling_governor", "performance"},
	{"/sys/devices/system/cpu/cpufreq/boost", "0"},
};

/* The value a control file is set to: the bracketed choice of a list, else the line. */
static char *control_read(const char *path)
{
	auto_free char *line = files_line(path);
	char *open = line ? strchr(line, '[') : NULL;
	char *close = open ? strchr(open, ']') : NULL;

	return close ? mem_strndup(open + 1, (size_t)(close - open - 1)) : take_ptr(line);
}

static int control_set(const char *path, const char *value, struct prepare_undo *undo,
	struct str *ret, struct err *err)
{
	auto_free char *old = control_read(path), *now = NULL;
	int r;

	if (!old)
		return err_set(err, -EIO, "cannot read %s", path);
	if (strcmp(old, value) == 0)
		return 0;
	r = files_write(path, value, err);
	if (r < 0)
		return r;
	strv_add(&undo->paths, path);
	strv_add(&undo->values, old);
	now = control_read(path);
	if (!now || strcmp(now, value) != 0)
		return err_set(err, -EIO, "%s was set to %s and reads %s", path, value,
			now ? now : "nothing");
	str_addf(ret, "%s: %s -> %s\n", path, old, now);
	return 0;
}

static int set_controls(struct prepare_undo *undo, struct str *ret, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(settings) && r == 0; i++) {
		auto_strv struct strv files = STRV_INIT;

		files_expand(settings[i].pattern, &files);
		for (size_t j = 0; j < files.count && r == 0; j++)
			r = control_set(files.items[j], settings[i].value, undo, ret, err);
	}
	return r;
}

/* A kernel gives as many huge pages as it finds and says nothing: so read back what is free. */
static int reserve_huge_pages(uint64_t page_bytes, uint64_t pages, struct prepare_undo *undo,
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
		struct err ignored = ERR_INIT; /* what counts is what is free then */

		control_set(total, wanted, undo, ret, &ignored);
	}
	if (files_number(free_file, &have) < 0 || have < pages)
		return err_set(err, -ENOMEM, "only %llu of %llu huge pages of %llu kB are free",
			(unsigned long long)have, (unsigned long long)pages, kilobytes);
	str_addf(ret, "%s: %llu free\n", free_file, (unsigned long long)have);
	return 0;
}

static int swap_off(struct str *ret, struct err *err)
{
	auto_str struct str swaps = STR_INIT;
	auto_strv struct strv lines = STRV_INIT;

	if (files_read("/proc/swaps", 64 * 1024, &swaps) < 0)
		return 0;
	strv_split(&lines, str_text(&swaps), "\n");
	for (size_t i = 1; i < lines.count; i++) {
		char *path = lines.items[i];

		path[strcspn(path, " \t")] = '\0';
		if (swapoff(path) < 0)
			return err_sys(err, -errno, "cannot switch off swap on %s", path);
		str_addf(ret, "/proc/swaps: %s -> off\n", path);
	}
	return 0;
}

int prepare_machine(uint64_t huge_page_bytes, uint64_t huge_pages, bool wants_thp,
	struct prepare_undo *undo, struct str *ret, struct err *err)
{
	int r = 0;

	if (huge_pages)
		r = reserve_huge_pages(huge_page_bytes, huge_pages, undo, ret, err);
	if (r == 0 && wants_thp && access(THP "enabled", W_OK) < 0)
		r = err_set(err, -ENOENT, "this kernel has no transparent huge pages");
	if (r == 0)
		r = swap_off(ret, err);
	if (r == 0)
		r = set_controls(undo, ret, err);
	return r;
}

void prepare_undo_all(struct prepare_undo *undo)
{
	for (size_t i = undo->paths.count; i-- > 0;)
		files_write(undo->paths.items[i], undo->values.items[i], NULL);
	strv_clear(&undo->paths);
	strv_clear(&undo->values);
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
