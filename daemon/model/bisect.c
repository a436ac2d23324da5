/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bisect.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const words[BISECT_WORD_COUNT] = {"", "good", "bad", "skip", "weak"};

static const char *const kinds[BISECT_KIND_COUNT] = {
	[BISECT_ENDS] = "ends",
	[BISECT_TEST] = "test",
	[BISECT_DESCEND] = "descend",
	[BISECT_WIDEN] = "widen",
	[BISECT_PROOF] = "proof",
	[BISECT_REBUILT] = "rebuilt",
	[BISECT_ALIGNED] = "aligned",
	[BISECT_REVERT] = "revert",
};

const char *bisect_word_name(enum bisect_word word)
{
	return words[word];
}

const char *bisect_kind_name(enum bisect_kind kind)
{
	return kinds[kind];
}

/* The index of a name in a list, 0 when it is not there. */
static size_t find(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return 0;
}

enum bisect_word bisect_word_of(const char *name)
{
	return (enum bisect_word)find(words, ARRAY_SIZE(words), name);
}

enum bisect_kind bisect_kind_of(const char *name)
{
	return (enum bisect_kind)find(kinds, ARRAY_SIZE(kinds), name);
}

int bisect_builds(const struct bisect *bisect)
{
	int sum = 0;

	for (size_t i = 0; i < bisect->step_count; i++)
		sum += bisect->steps[i].builds;
	return sum;
}

int bisect_boots(const struct bisect *bisect)
{
	int sum = 0;

	for (size_t i = 0; i < bisect->step_count; i++)
		sum += bisect->steps[i].boots;
	return sum;
}

void bisect_step_clear(struct bisect_step *step)
{
	free(step->base.subject);
	free(step->commit.subject);
	free(step->reason);
	memset(step, 0, sizeof(*step));
}

void bisect_clear(struct bisect *bisect)
{
	for (size_t i = 0; i < bisect->step_count; i++)
		bisect_step_clear(&bisect->steps[i]);
	free(bisect->steps);
	free(bisect->repository);
	free(bisect->host);
	free(bisect->plan);
	free(bisect->kernel_config);
	free(bisect->good.subject);
	free(bisect->bad.subject);
	free(bisect->paths);
	free(bisect->state);
	free(bisect->scenario);
	free(bisect->mode);
	free(bisect->metric);
	free(bisect->unit);
	free(bisect->answer);
	free(bisect->low.subject);
	free(bisect->high.subject);
	free(bisect->revert.subject);
	free(bisect->reason);
	memset(bisect, 0, sizeof(*bisect));
}
