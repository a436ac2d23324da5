/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/rehearsal.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/prng.h"
#include "judge/cells.h"
#include "rules/bisect.h"
#include "rules/confirm.h"
#include "rules/witness.h"

enum { BOOTS_MAX = 64, STEPS_MAX = 1000 };

struct rehearsal_rules rehearsal_defaults(void)
{
	return (struct rehearsal_rules){
		.commits = 64,
		.effect = 0.05,
		.boot_sd = 0.01,
		.session_sd = 0.01,
		.drift_sd = 0.001,
		.outlier_size = 0.05,
		.skips = 0.03,
		.same = 0.2,
	};
}

/* One bisect. Candidate 0 is the good end. */
struct hunt {
	const struct rehearsal_rules *rules;
	const struct judging *judging;
	struct prng *prng;
	size_t count, culprit;
	struct bisect_candidate *chain;
	bool *broken, *built;
	size_t *image; /* the first candidate with the same image */
	double session, drift;
	struct bisect_facts facts;
	struct witness_levels levels;
	long builds, boots;
};

/* --- the lab --- */

static double boot(struct hunt *h, size_t kernel)
{
	const struct rehearsal_rules *r = h->rules;
	double x = h->session + h->drift + r->boot_sd * prng_normal(h->prng);

	h->drift += r->drift_sd * prng_normal(h->prng);
	if (prng_uniform(h->prng) < r->outlier_boots)
		x += log1p(r->outlier_size);
	h->boots++;
	return kernel >= h->culprit ? x + log1p(r->effect) : x;
}

static void begin_session(struct hunt *h)
{
	h->session = h->rules->session_sd * prng_normal(h->prng);
}

static void build(struct hunt *h, size_t kernel)
{
	h->builds += !h->built[kernel];
	h->built[kernel] = true;
}

/* A confirm of two kernels, look by look. Is the second slower (or faster), as the effect is?
 */
static bool confirm(struct hunt *h, size_t a, size_t b, struct judgement *ret)
{
	double values[2][BOOTS_MAX];
	struct sample s = {
		.base = values[0], .fresh = values[1], .in_family = true, .p_before = 1};
	struct confirm_answer answer;

	begin_session(h);
	build(h, a);
	build(h, b);
	for (int looks = 0;; looks++) {
		answer = confirm_next(h->judging, looks, &s, ret, 1);
		if (!answer.look)
			return ret->flagged && ret->d * h->rules->effect > 0;
		for (const char *side = answer.order; *side; side++)
			if (*side == 'A')
				values[0][s.base_count++] = boot(h, a);
			else
				values[1][s.fresh_count++] = boot(h, b);
		cells_judge(h->judging, &s, 1, h->judging->look_weight[looks], ret);
		s.p_before = ret->p_valid;
	}
}

/* --- the deeds --- */

static void compare_ends(struct hunt *h)
{
	struct judgement j = {0};

	h->facts.ends = confirm(h, 0, h->count - 1, &j) ? BISECT_HOLDS : BISECT_FAILS;
	h->levels = (struct witness_levels){j.d, sqrt(j.used.variance), j.used.df};
}

/* The word of a candidate with the same image that has one. */
static enum bisect_word known_word(const struct hunt *h, size_t at)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->image[i] == h->image[at] && h->chain[i].word != BISECT_UNTESTED)
			return h->chain[i].word;
	return BISECT_UNTESTED;
}

static void test(struct hunt *h, size_t at)
{
	double good[BOOTS_MAX], tested[BOOTS_MAX];
	struct witness_weight weight;
	size_t pairs = 0;

	build(h, at);
	h->chain[at].word = h->broken[at] ? BISECT_SKIP : known_word(h, at);
	while (h->chain[at].word == BISECT_UNTESTED) {
		weight = witness_weigh(&h->levels, good, tested, pairs);
		h->chain[at].word = weight.word;
		begin_session(h);
		for (; pairs < (size_t)weight.boots; pairs++) {
			bool swap = pairs % 2;
			double first = boot(h, swap ? at : 0);
			double second = boot(h, swap ? 0 : at);

			good[pairs] = swap ? second : first;
			tested[pairs] = swap ? first : second;
		}
	}
}

/* An image's answer is void. An end keeps its word: the ends were compared by themselves. */
static void forget(struct hunt *h, size_t at)
{
	for (size_t i = 1; i < h->count - 1; i++)
		if (h->image[i] == h->image[at])
			h->chain[i].word = BISECT_UNTESTED;
}

static void prove(struct hunt *h, const struct bisect_deed *deed)
{
	struct bisect_candidate *c = &h->chain[deed->high];
	struct judgement j = {0};

	c->proof = confirm(h, deed->low, deed->high, &j) ? BISECT_HOLDS : BISECT_FAILS;
	c->proof_low = deed->low;
	if (c->proof == BISECT_HOLDS)
		return;
	h->facts.retries++;
	forget(h, deed->low);
	forget(h, deed->high);
}

static struct bisect_deed search(struct hunt *h)
{
	struct bisect_deed deed = {0};

	for (int steps = 0; steps < STEPS_MAX; steps++) {
		deed = bisect_next(&h->facts);
		if (deed.is_answer)
			break;
		if (deed.kind == BISECT_ENDS)
			compare_ends(h);
		else if (deed.kind == BISECT_PROOF)
			prove(h, &deed);
		for (size_t i = 0; i < deed.count; i++)
			test(h, deed.at[i]);
	}
	return deed;
}

/* --- the histories --- */

static struct hunt hunt_new(
	const struct rehearsal_rules *rules, const struct judging *judging, struct prng *prng)
{
	size_t count = (size_t)rules->commits + 1;
	struct hunt h = {
		.rules = rules,
		.judging = judging,
		.prng = prng,
		.count = count,
		.culprit = 1 + (size_t)prng_below(prng, count - 1),
		.chain = MEM_NEW(struct bisect_candidate, count),
		.broken = MEM_NEW(bool, count),
		.built = MEM_NEW(bool, count),
		.image = MEM_NEW(size_t, count),
	};

	for (size_t i = 0; i < count; i++) {
		bool ends_run = prng_uniform(prng) < 0.5;

		h.chain[i] = (struct bisect_candidate){.parents = 1, .in_paths = true};
		h.broken[i] =
			i > 0 && i < count - 1 &&
			(prng_uniform(prng) < rules->skips || (h.broken[i - 1] && !ends_run));
		h.image[i] = i > 0 && i != h.culprit && h.broken[i] == h.broken[i - 1] &&
					     prng_uniform(prng) < rules->same
				     ? h.image[i - 1]
				     : i;
	}
	h.chain[0].word = BISECT_GOOD;
	h.chain[count - 1].word = BISECT_BAD;
	h.facts = (struct bisect_facts){.chain = h.chain,
		.count = count,
		.rebuilt = BISECT_CANNOT,
		.aligned = BISECT_CANNOT,
		.revert = BISECT_CANNOT};
	return h;
}

static void count_answer(
	const struct hunt *h, const struct bisect_deed *answer, struct rehearsal *ret)
{
	bool holds = answer->low < h->culprit && h->culprit <= answer->high;

	ret->builds += h->builds;
	ret->boots += h->boots;
	if (answer->is_answer && answer->why == BISECT_WHY_NONE) {
		ret->right += answer->high == h->culprit;
		ret->wrong += answer->high != h->culprit;
		return;
	}
	ret->range_right += holds;
	ret->range_wrong += !holds;
	ret->range_size += (double)(answer->high - answer->low);
}

struct rehearsal rehearse(const struct rehearsal_rules *rules, const struct judging *judging,
	int runs, uint64_t seed)
{
	struct rehearsal rehearsal = {.runs = runs};
	struct prng prng;

	prng_init(&prng, seed);
	for (int run = 0; run < runs; run++) {
		struct hunt h = hunt_new(rules, judging, &prng);
		struct bisect_deed answer = search(&h);

		count_answer(&h, &answer, &rehearsal);
		free(h.chain);
		free(h.broken);
		free(h.built);
		free(h.image);
	}
	return rehearsal;
}
