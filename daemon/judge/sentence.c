/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/sentence.h"

#include <math.h>

#include "string/str.h"
#include "text/number.h"

static void say_change(
	const struct comparison *c, const struct sentence_facts *f, struct str *text)
{
	bool worse = c->headline == VERDICT_REGRESSED;
	char change[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];

	number_percent(f->change, change);
	number_percent(f->low, low);
	number_percent(f->high, high);
	if (c->emulated)
		str_addf(text, "%s instructions: ", worse ? "More" : "Fewer");
	else
		str_addf(text, "%s: ", worse ? "Slower" : "Faster");
	str_addf(text, "%s %s", c->metrics[f->metric].title, change);
	if (f->has_interval)
		str_addf(text, " (95 %% interval %s to %s)", low, high);
	str_addf(text, " in %zu of %zu configurations", f->metric_flagged, f->metric_cells);
	if (c->verdicts[c->headline] > f->metric_flagged)
		str_addf(text, "; %zu cells of other metrics as well",
			c->verdicts[c->headline] - f->metric_flagged);
	if (worse && c->verdicts[VERDICT_IMPROVED])
		str_addf(text, "; %zu cells improved", c->verdicts[VERDICT_IMPROVED]);
	str_add(text, ".");
}

/* The largest increase that an undecided cell leaves possible. */
static double excluded_above(const struct comparison *c)
{
	double worst = 0;

	for (size_t i = 0; i < c->cell_count; i++)
		if (c->metrics[c->cells[i].metric].judged &&
			c->cells[i].verdict == VERDICT_INCONCLUSIVE)
			worst = fmax(worst, c->cells[i].high);
	return worst;
}

static void say_no_change(const struct comparison *c, struct str *text)
{
	size_t unchanged = c->verdicts[VERDICT_UNCHANGED];
	size_t undecided = c->verdicts[VERDICT_INCONCLUSIVE];
	size_t failed = c->verdicts[VERDICT_FAILED];
	double worst = excluded_above(c);
	char high[NUMBER_BYTES];

	number_percent(worst, high);
	str_addf(text, "%s: %zu of %zu cells are within the minimum effect",
		c->headline == VERDICT_UNCHANGED ? "No change" : "Undecided", unchanged,
		unchanged + undecided + failed);
	if (undecided && worst > 0)
		str_addf(text, ", %zu undecided (more than %s is excluded)", undecided, high);
	else if (undecided)
		str_addf(text, ", %zu undecided (an increase is excluded)", undecided);
	if (failed)
		str_addf(text, ", %zu without data", failed);
	str_add(text, ".");
}

/* What stopped a side: its build, or else the last of its boots, of which none counts. */
static bool say_side(const struct comparison *c, char side, struct str *text)
{
	const struct comparison_side *s = side == 'A' ? &c->base : &c->fresh;
	enum symptom symptom = SYMPTOM_NONE;

	if (s->failure != FAILURE_NONE) {
		symptom = s->symptom;
	} else {
		for (size_t i = 0; i < c->boot_count; i++) {
			if (c->boots[i].side != side)
				continue;
			if (c->boots[i].failure == FAILURE_NONE)
				return false;
			symptom = c->boots[i].symptom;
		}
		if (symptom == SYMPTOM_NONE)
			return false;
	}
	str_addf(text, "Failed: the %s kernel: %s.", side == 'A' ? "base" : "new",
		symptom == SYMPTOM_NONE ? "its build failed" : symptom_phrase(symptom));
	return true;
}

char *sentence_write(const struct comparison *c, const struct sentence_facts *facts)
{
	auto_str struct str text = STR_INIT;

	if (facts->same_image) {
		str_addf(&text,
			"Both kernels are the same image: an A/A run without a verdict, "
			"%zu cells would have been flagged.",
			facts->flagged_cells);
		return str_take(&text);
	}
	switch (c->headline) {
	case VERDICT_REGRESSED:
	case VERDICT_IMPROVED:
		say_change(c, facts, &text);
		break;
	case VERDICT_UNCHANGED:
	case VERDICT_INCONCLUSIVE:
		say_no_change(c, &text);
		break;
	case VERDICT_FAILED:
	case VERDICT_COUNT:
		if (facts->apart)
			str_addf(&text, "NOT COMPARABLE: %s.", facts->apart);
		else if (!say_side(c, 'B', &text) && !say_side(c, 'A', &text))
			str_addf(&text, "Failed: %s.", facts->failed);
		break;
	}
	return str_take(&text);
}
