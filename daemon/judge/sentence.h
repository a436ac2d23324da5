/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_SENTENCE_H
#define JUDGE_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/comparison.h"

/* The verdict of a comparison in words: first line of page and mail. */

struct sentence_facts {
	bool same_image;      /* an A/A run: no verdict */
	size_t flagged_cells; /* also those of an A/A run */
	const char *failed;   /* why nothing could be judged */
	const char *apart;    /* the sides are of different epochs: how; NULL: they are not */
	/* The metric that stands for the change; only with a regressed or improved headline. */
	size_t metric;
	size_t metric_cells, metric_flagged;
	double change, low, high; /* of its average over all judged cells */
	bool has_interval;
};

/* headline, verdicts and cells of the comparison are filled in. The caller frees. */
char *sentence_write(const struct comparison *comparison, const struct sentence_facts *facts);

#endif
