/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/machine.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"

static const char *const defining[] = {
	"machine",
	"page-size",
	"/proc/device-tree/model",
	"/sys/class/dmi/id/*",
	"/sys/devices/system/cpu/online",
	"/sys/devices/system/cpu/cpu*/regs/identification/*",
	"/sys/devices/system/cpu/cpu*/topology/*",
	"/sys/devices/system/cpu/cpu*/cache/*/size",
	"/sys/devices/system/node/node*/cpulist",
};

static bool defines(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(defining); i++)
		if (fnmatch(defining[i], key, 0) == 0)
			return true;
	return false;
}

/* KiB, rounded up. */
static uint64_t round_memory(uint64_t kib)
{
	uint64_t step = 1;

	while (step <= kib / 16)
		step *= 2;
	return (kib + step - 1) / step * step;
}

/* "/proc/meminfo: MemTotal:        2013264 kB" */
static void add_memory(const char *value, struct strv *lines)
{
	static const char total[] = "MemTotal:";
	uint64_t kib;

	if (!text_starts(value, total))
		return;
	kib = strtoull(value + sizeof(total) - 1, NULL, 10);
	if (kib > 0 && kib < UINT64_MAX / 32)
		strv_addf(lines, "memory: %" PRIu64 " KiB", round_memory(kib));
}

static void add_line(const char *line, struct strv *lines)
{
	const char *colon = strstr(line, ": ");
	auto_free char *key = NULL;

	if (!colon)
		return;
	key = mem_strndup(line, (size_t)(colon - line));
	if (strcmp(key, "/proc/meminfo") == 0)
		add_memory(colon + 2, lines);
	else if (defines(key))
		strv_add(lines, line);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *machine_identity(const char *facts, const char *kvm_mode)
{
	auto_strv struct strv all = STRV_INIT, lines = STRV_INIT;

	if (facts)
		strv_split(&all, facts, "\n");
	for (size_t i = 0; i < all.count; i++)
		add_line(all.items[i], &lines);
	if (kvm_mode)
		strv_addf(&lines, "kvm-mode: %s", kvm_mode);
	if (lines.count)
		qsort(lines.items, lines.count, sizeof(*lines.items), by_text);
	return strv_join(&lines, "\n");
}
