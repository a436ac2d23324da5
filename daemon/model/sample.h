/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_SAMPLE_H
#define MODEL_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Raw values of one comparison, as the store keeps them. quantity, scenario
 * and mode index the lists of the set. Sorted by boot, scenario, mode, process,
 * quantity, iteration.
 */
struct sample {
	int64_t boot;	 /* row id */
	size_t scenario; /* index into names */
	size_t mode;
	int process; /* ordinal within boot, scenario and mode, from 1 */
	size_t quantity;
	int iteration; /* 0: once a process; else 1.. */
	double value;
};

struct sample_set {
	struct sample *samples;
	size_t count;
	char **scenarios;
	size_t scenario_count;
	char **modes;
	size_t mode_count;
	char **quantities; /* "insn.clear", "enable", ... */
	char **units;	   /* same order */
	size_t quantity_count;
};

void sample_set_clear(struct sample_set *set);

/* Index of name in a list, added when missing; the list owns a copy. */
size_t sample_name(char ***list, size_t *count, const char *name);

#endif
