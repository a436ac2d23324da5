/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_DRIFT_H
#define MODEL_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The newest kernels against the anchor, as R - 1. */
struct drift_change {
	double change, low, high; /* and its 95 % interval; all NAN: too few */
	bool has_interval;
};

/*
 * What the front page says of how a branch moved since its anchor
 * (rules/drift.h): one line of text beside the page it was taken from.
 */
enum { DRIFT_METRICS = 16 };

struct drift_word {
	char anchor[41]; /* "v6.18", or the digits of a commit */
	size_t kernels;
	struct drift_change change;
	struct {
		char name[41];
		struct drift_change change;
	} metrics[DRIFT_METRICS];
	size_t metric_count;
};

/* As a line; the caller frees. A metric whose name is not plain is left out. */
char *drift_word_write(const struct drift_word *word);

/* Reads it back: true and *ret, or false for any other text. */
bool drift_word_read(const char *line, struct drift_word *ret);

/* Is it a release, by its subject: "Linux 6.18", "Linux 6.19-rc1"? */
bool drift_is_release(const char *subject);

#endif
