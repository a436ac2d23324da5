/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/drift.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

bool drift_is_release(const char *subject)
{
	size_t digits;

	if (!subject || strncmp(subject, "Linux ", 6) != 0)
		return false;
	digits = strspn(subject + 6, "0123456789");
	return digits && subject[6 + digits] == '.' && strlen(subject) < 32 &&
	       strspn(subject + 6, PLAIN) == strlen(subject + 6);
}

/* " change low high", what is not known as nan. */
static char *change_text(const struct drift_change *c)
{
	return mem_printf("%.6g %.6g %.6g", c->change, c->has_interval ? c->low : NAN,
		c->has_interval ? c->high : NAN);
}

char *drift_word_write(const struct drift_word *word)
{
	auto_free char *change = change_text(&word->change);
	char *line = mem_printf("drift %zu %s %s", word->kernels, word->anchor, change);

	for (size_t i = 0; i < word->metric_count; i++) {
		const char *name = word->metrics[i].name;
		auto_free char *before = line;
		auto_free char *text = change_text(&word->metrics[i].change);

		if (!*name || strspn(name, PLAIN) != strlen(name))
			line = mem_strdup(before);
		else
			line = mem_printf("%s | %s %s", before, name, text);
	}
	return line;
}

static bool read_change(const char *text, struct drift_change *ret, int *ret_length)
{
	struct drift_change c = {0};
	int length = 0;

	if (sscanf(text, "%lf %lf %lf%n", &c.change, &c.low, &c.high, &length) != 3)
		return false;
	c.has_interval = isfinite(c.low) && isfinite(c.high);
	*ret = c;
	*ret_length = length;
	return true;
}

bool drift_word_read(const char *line, struct drift_word *ret)
{
	struct drift_word word = {.kernels = 0};
	int length = 0, more = 0;

	if (!line ||
		sscanf(line, "drift %zu %40s %n", &word.kernels, word.anchor, &length) != 2 ||
		!length || !read_change(line + length, &word.change, &more))
		return false;
	for (line += length + more; *line; line += length + more) {
		length = more = 0;
		if (word.metric_count == DRIFT_METRICS)
			break;
		if (sscanf(line, " | %40s %n", word.metrics[word.metric_count].name, &length) !=
				1 ||
			!length ||
			!read_change(
				line + length, &word.metrics[word.metric_count].change, &more))
			return false;
		word.metric_count++;
	}
	*ret = word;
	return true;
}
