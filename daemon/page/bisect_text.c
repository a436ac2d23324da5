/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/bisect_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/plan.h"
#include "string/str.h"

/* Hostile text as it may stand on a terminal: without control characters, and short. */
static void add_plain(struct str *text, const char *hostile, size_t limit)
{
	for (size_t n = 0; hostile && hostile[n] && n < limit; n++)
		str_add_char(text, (unsigned char)hostile[n] < ' ' || hostile[n] == 0x7f
					   ? '?'
					   : hostile[n]);
}

static void add_commit(struct str *text, const struct bisect_commit *commit)
{
	str_addf(text, "%.12s (\"", commit->oid);
	add_plain(text, commit->subject, 60);
	str_add(text, "\")");
}

static void add_subject(struct str *text, const struct bisect_step *s)
{
	switch (s->kind) {
	case BISECT_ENDS:
		str_addf(text, "the ends, %.12s and %.12s", s->base.oid, s->commit.oid);
		return;
	case BISECT_TEST:
		str_add(text, "test ");
		add_commit(text, &s->commit);
		return;
	case BISECT_DESCEND:
		str_addf(text, "into parent %d of merge ", s->parent);
		add_commit(text, &s->commit);
		return;
	case BISECT_WIDEN:
		str_addf(text, "all commits from %.12s to %.12s, not only those of the paths",
			s->base.oid, s->commit.oid);
		return;
	case BISECT_PROOF:
		str_addf(text, "proof: %.12s against %.12s", s->commit.oid, s->base.oid);
		return;
	case BISECT_REBUILT:
		str_addf(text, "control: %.12s against itself", s->base.oid);
		return;
	case BISECT_ALIGNED:
		str_addf(text, "control: %.12s against %.12s, functions aligned", s->commit.oid,
			s->base.oid);
		return;
	case BISECT_REVERT:
		str_addf(text, "revert on the bad end %.12s", s->base.oid);
		return;
	case BISECT_KIND_COUNT:
		break;
	}
}

/* What the word of a step means there. */
static const char *meaning(const struct bisect_step *s)
{
	bool bad = s->word == BISECT_BAD;

	switch (s->kind) {
	case BISECT_ENDS:
		return bad ? "they differ" : "no change to follow";
	case BISECT_PROOF:
	case BISECT_ALIGNED:
		return bad ? "the change is there" : "no change";
	case BISECT_REBUILT:
		return bad ? "it differs from itself" : "no change, as it should be";
	case BISECT_REVERT:
		return bad ? "the level does not come back" : "the level comes back";
	case BISECT_TEST:
	case BISECT_DESCEND:
	case BISECT_WIDEN:
	case BISECT_KIND_COUNT:
		break;
	}
	return bisect_word_name(s->word);
}

static void add_result(struct str *text, const struct bisect *b, const struct bisect_step *s)
{
	if (s->kind == BISECT_DESCEND || s->kind == BISECT_WIDEN)
		return;
	if (!s->done) {
		str_add(text, ": open");
		return;
	}
	str_addf(text, ": %s", s->word == BISECT_SKIP ? "skip" : meaning(s));
	if (s->same_oid[0])
		str_addf(text, ", the image is that of %.12s", s->same_oid);
	else if (s->word != BISECT_SKIP && b->scenario)
		str_addf(text, ", %+.2f %%", 100 * s->change);
	if (s->kind == BISECT_TEST && s->boots && s->word != BISECT_SKIP)
		str_addf(text, " (evidence %+.1f)", s->evidence);
	if (s->word == BISECT_SKIP && s->reason) {
		str_add(text, ", ");
		add_plain(text, s->reason, 300);
	}
	str_addf(text, "; %d build%s, %d boot%s", s->builds, s->builds == 1 ? "" : "s",
		s->boots, s->boots == 1 ? "" : "s");
}

char *bisect_text_step(const struct bisect *bisect, const struct bisect_step *step)
{
	struct str text = STR_INIT;

	add_subject(&text, step);
	add_result(&text, bisect, step);
	return str_take(&text);
}

char *bisect_text_answer(const struct bisect *b)
{
	struct str text = STR_INIT;

	if (strcmp(b->state, "cancelled") == 0) {
		str_add(&text, "Cancelled: ");
		add_plain(&text, b->reason, 1000);
	} else if (strcmp(b->state, "running") == 0) {
		str_add(&text, "Not known yet.");
	} else if (strcmp(b->answer, "commit") == 0) {
		add_commit(&text, &b->high);
		str_addf(&text, " made it %s: ", b->d > 0 ? "slower" : "faster");
		add_plain(&text, b->reason, 2000);
		str_add(&text, ".");
	} else {
		str_addf(&text,
			"A range: the change came after %.12s, at the latest with %.12s, and "
			"no "
			"single commit can be named, because ",
			b->low.oid, b->high.oid);
		add_plain(&text, b->reason, 2000);
		str_add(&text, ".");
	}
	return str_take(&text);
}

void bisect_text_write(FILE *out, const struct bisect *b)
{
	auto_free char *answer = bisect_text_answer(b);
	char mode[32];

	fprintf(out, "bisect %lld: %.12s (good) to %.12s (bad), host %s, plan %s\n",
		(long long)b->id, b->good.oid, b->bad.oid, b->host, b->plan);
	fprintf(out, "paths: %s\n", b->paths[0] ? b->paths : "all");
	if (b->scenario) {
		plan_mode_short(b->mode, mode, sizeof(mode));
		fprintf(out,
			"cell: %s %s %s (%s), %+.2f %% from end to end; boots of one kernel "
			"vary by %.2g %%\n",
			b->scenario, mode, b->metric, b->unit, 100 * expm1(b->d), 100 * b->sd);
	}
	fputc('\n', out);
	for (size_t i = 0; i < b->step_count; i++) {
		auto_free char *line = bisect_text_step(b, &b->steps[i]);

		fprintf(out, "%3d  %s\n", b->steps[i].number, line);
	}
	fprintf(out, "\n%s\n%d builds, %d boots\n", answer, bisect_builds(b), bisect_boots(b));
}
