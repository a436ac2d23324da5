/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_RAW_H
#define MODEL_RAW_H

#include <stddef.h>
#include <stdint.h>

/*
 * Raw values of one comparison, as the store keeps them. quantity, scenario
 * and mode index the lists of the set. Sorted by boot, scenario, mode, process,
 * quantity, iteration.
 */
struct raw_value {
	int64_t boot;	 /* row id */
	size_t scenario; /* index into scenarios */
	size_t mode;
	int process; /* ordinal within boot, scenario and mode, from 1 */
	size_t quantity;
	int iteration; /* 0: once a process; else 1.. */
	double value;
};

struct raw_set {
	struct raw_value *values;
	size_t count;
	char **scenarios;
	size_t scenario_count;
	char **modes;
	size_t mode_count;
	char **quantities; /* "insn.clear", "enable", ... */
	char **units;	   /* same order */
	size_t quantity_count;
};

void raw_set_clear(struct raw_set *set);

/* Index of name in a list, added when missing; the list owns a copy. */
size_t raw_name(char ***list, size_t *count, const char *name);

/* One raw value of a process on its way into the store. quantity and unit are borrowed. */
struct process_value {
	const char *quantity; /* "clear", "ioctl.clear", "insn.clear" */
	const char *unit;     /* "s", "instructions", "calls" */
	int iteration;	      /* 0: once a process */
	double value;
};

#endif
