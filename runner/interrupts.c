/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interrupts.h"

#include <ctype.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "files.h"

#define IRQ "/proc/irq/"

enum { CPUS_MAX = 4096 };

/* Calls add for each CPU of a list like "0-3,8"; what is no list adds nothing more. */
static void for_cpus(const char *list, void (*add)(int cpu, void *data), void *data)
{
	char *end;

	for (const char *at = list; isdigit((unsigned char)*at); at = end + 1) {
		long first = strtol(at, &end, 10), last = first;

		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtol(end + 1, &end, 10);
		for (long cpu = first; cpu <= last && cpu < CPUS_MAX; cpu++)
			add((int)cpu, data);
		if (*end != ',')
			return;
	}
}

struct choice {
	bool is_taken[CPUS_MAX];
	int first, free; /* -1: none */
};

static void take(int cpu, void *data)
{
	struct choice *choice = data;

	choice->is_taken[cpu] = true;
}

static void look_at(int cpu, void *data)
{
	struct choice *choice = data;

	if (choice->first < 0)
		choice->first = cpu;
	if (choice->free < 0 && !choice->is_taken[cpu])
		choice->free = cpu;
}

static int choose_cpu(const char *pin)
{
	auto_free char *online = files_line("/sys/devices/system/cpu/online");
	auto_free struct choice *choice = MEM_NEW(struct choice, 1);

	choice->first = choice->free = -1;
	for_cpus(pin, take, choice);
	for_cpus(online ? online : "0", look_at, choice);
	return choice->free >= 0 ? choice->free : choice->first >= 0 ? choice->first : 0;
}

/* "00000000,00000001" and "1" are one mask. */
static bool is_same_mask(const char *a, const char *b)
{
	a += strspn(a, "0,");
	b += strspn(b, "0,");
	while (*a && *b) {
		a += *a == ',';
		b += *b == ',';
		if (*a != *b)
			return false;
		a += *a != '\0';
		b += *b != '\0';
	}
	return *a == *b;
}

static bool is_same_list(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* 1 when it took the value, 0 when it stays as it was. */
static int move_one(const char *path, const char *value,
	bool (*is_same)(const char *a, const char *b), struct undo *undo, struct err *err)
{
	auto_free char *old = undo_read(path), *now = NULL;
	int r;

	if (!old || is_same(old, value))
		return old != NULL;
	r = undo_note_value(undo, path, old, err);
	if (r < 0)
		return r;
	files_write(path, value, NULL);
	now = undo_read(path);
	return now && is_same(now, value);
}

static int move_all(int cpu, struct undo *undo, struct str *ret, struct err *err)
{
	auto_free char *list = mem_printf("%d", cpu);
	auto_strv struct strv files = STRV_INIT;
	size_t moved = 0;

	files_expand(IRQ "*/smp_affinity_list", &files);
	for (size_t i = 0; i < files.count; i++) {
		int r = move_one(files.items[i], list, is_same_list, undo, err);

		if (r < 0)
			return r;
		moved += (size_t)r;
	}
	if (files.count)
		str_addf(ret,
			IRQ
			"*/smp_affinity_list: %zu -> %d, %zu stay where the kernel has them\n",
			moved, cpu, files.count - moved);
	return 0;
}

/* A mask of one CPU, in words of 32 bits, the highest first. */
static char *mask_of(int cpu)
{
	auto_str struct str mask = STR_INIT;

	str_addf(&mask, "%x", 1U << cpu % 32);
	for (int i = 0; i < cpu / 32; i++)
		str_add(&mask, ",00000000");
	return str_take(&mask);
}

static int move_new_ones(int cpu, struct undo *undo, struct str *ret, struct err *err)
{
	auto_free char *mask = mask_of(cpu);
	int r = move_one(IRQ "default_smp_affinity", mask, is_same_mask, undo, err);

	if (r > 0)
		str_addf(ret, IRQ "default_smp_affinity: %s\n", mask);
	return r < 0 ? r : 0;
}

static int stop_balancer(struct undo *undo, struct str *ret, struct err *err)
{
	auto_strv struct strv files = STRV_INIT;

	files_expand("/proc/*/comm", &files);
	for (size_t i = 0; i < files.count; i++) {
		auto_free char *name = files_line(files.items[i]);
		pid_t pid = (pid_t)atoi(files.items[i] + strlen("/proc/"));
		int r;

		if (pid <= 0 || !name || strcmp(name, "irqbalance") != 0)
			continue;
		r = undo_note_process(undo, files.items[i], name, err);
		if (r < 0)
			return r;
		if (kill(pid, SIGSTOP) == 0)
			str_addf(ret, "irqbalance, process %d: stopped\n", (int)pid);
	}
	return 0;
}

int interrupts_move(const char *pin, struct undo *undo, struct str *ret, struct err *err)
{
	int cpu = choose_cpu(pin), r = stop_balancer(undo, ret, err);

	if (r == 0)
		r = move_new_ones(cpu, undo, ret, err);
	return r < 0 ? r : move_all(cpu, undo, ret, err);
}
