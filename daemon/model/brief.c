/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/brief.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void brief_clear(struct brief *brief)
{
	free(brief->sentence);
	memset(brief, 0, sizeof(*brief));
}

char *brief_write(const struct brief *brief)
{
	return mem_printf("%d %d %d %zu %zu %zu %zu %zu %.6g %s", brief->judged, brief->failed,
		(int)brief->headline, brief->verdicts[VERDICT_REGRESSED],
		brief->verdicts[VERDICT_IMPROVED], brief->verdicts[VERDICT_UNCHANGED],
		brief->verdicts[VERDICT_INCONCLUSIVE], brief->verdicts[VERDICT_FAILED],
		brief->sees, brief->sentence ? brief->sentence : "");
}

bool brief_read(const char *line, struct brief *ret)
{
	struct brief brief = {0};
	int judged, failed, headline, length = 0;

	if (!line ||
		sscanf(line, "%1d %1d %1d %zu %zu %zu %zu %zu %lf %n", &judged, &failed,
			&headline, &brief.verdicts[VERDICT_REGRESSED],
			&brief.verdicts[VERDICT_IMPROVED], &brief.verdicts[VERDICT_UNCHANGED],
			&brief.verdicts[VERDICT_INCONCLUSIVE], &brief.verdicts[VERDICT_FAILED],
			&brief.sees, &length) != 9 ||
		!length || headline < 0 || headline >= VERDICT_COUNT || !isfinite(brief.sees))
		return false;
	brief.judged = judged != 0;
	brief.failed = failed != 0;
	brief.headline = (enum verdict)headline;
	brief.sentence = mem_strdup(line + length);
	*ret = brief;
	return true;
}
