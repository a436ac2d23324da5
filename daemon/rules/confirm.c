/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/confirm.h"

#include <math.h>
#include <stdbool.h>

/* Is there a cell that more boots could still decide? */
static bool is_open(const struct judging *judging, const struct sample *samples,
	const struct judgement *judgements, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (samples[i].in_family && !judgements[i].why && !judgements[i].flagged &&
			fabs(judgements[i].d) > judging->continue_factor * judgements[i].delta)
			return true;
	return false;
}

struct confirm_answer confirm_next(const struct judging *judging, int looks,
	const struct sample *samples, const struct judgement *judgements, size_t count)
{
	struct confirm_answer answer = {0};
	int from, to;

	if (looks >= judging->looks || looks < 0)
		return answer;
	if (looks > 0 && !is_open(judging, samples, judgements, count))
		return answer;
	from = looks > 0 ? 2 * judging->look_boots[looks - 1] : 0;
	to = 2 * judging->look_boots[looks];
	answer.look = looks + 1;
	for (int i = from; i < to && i - from < (int)sizeof(answer.order) - 1; i++)
		answer.order[i - from] = "ABBA"[i % 4];
	return answer;
}
