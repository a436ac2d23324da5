/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/simulation.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "rules/confirm.h"
#include "rules/screen.h"

/* One made-up kernel and what is known of it. */
struct trial {
	struct world *world;
	const struct judging *judging;
	struct sample *samples;
	struct screened *screened;
	struct judgement *judgements;
	bool *family;
	double *p_valid;
	size_t cells;
	int boots;
};

static void boot_all(struct trial *t, const char *order)
{
	for (; *order; order++, t->boots++)
		world_boot(t->world, *order);
	world_samples(t->world, t->samples);
}

/* Whether the screen wants a confirm. */
static bool screen(struct trial *t)
{
	struct screen_answer answer;
	int fresh = 0, base = 0;

	world_session(t->world, false);
	world_samples(t->world, t->samples);
	for (;;) {
		answer =
			screen_next(t->judging, t->samples, t->screened, t->cells, fresh, base);
		if (answer.step != SCREEN_MEASURE)
			break;
		boot_all(t, answer.order);
		for (const char *side = answer.order; *side; side++)
			*(*side == 'A' ? &base : &fresh) += 1;
		screen_judge(t->judging, t->samples, t->cells, t->screened);
	}
	for (size_t i = 0; i < t->cells; i++)
		t->family[i] = t->screened[i].included;
	return answer.step == SCREEN_CONFIRM;
}

static void confirm(struct trial *t)
{
	struct confirm_answer answer;

	world_session(t->world, true);
	for (size_t i = 0; i < t->cells; i++)
		t->p_valid[i] = 1;
	for (int looks = 0;; looks++) {
		answer = confirm_next(t->judging, looks, t->samples, t->judgements, t->cells);
		if (!answer.look)
			return;
		boot_all(t, answer.order);
		for (size_t i = 0; i < t->cells; i++) {
			t->samples[i].in_family = t->family[i];
			t->samples[i].p_before = t->p_valid[i];
		}
		cells_judge(t->judging, t->samples, t->cells, t->judging->look_weight[looks],
			t->judgements);
		for (size_t i = 0; i < t->cells; i++)
			t->p_valid[i] = t->judgements[i].p_valid;
	}
}

static void count(const struct trial *t, const struct world_rules *world, bool was_confirmed,
	struct simulation *ret)
{
	bool alerted = false, found = false;

	ret->boots += t->boots;
	ret->confirmed += was_confirmed;
	for (size_t i = 0; was_confirmed && i < t->cells; i++) {
		const struct judgement *j = &t->judgements[i];

		if (!j->flagged)
			continue;
		if (i < (size_t)world->effect_cells && j->d * world->effect > 0) {
			found = true;
			ret->cells_found++;
			ret->estimate += expm1(j->d);
		} else {
			alerted = true;
		}
	}
	ret->alerted += alerted;
	ret->found += found;
}

struct simulation simulate(const struct world_rules *world, const struct judging *judging,
	int runs, uint64_t seed, bool confirm_only)
{
	size_t cells = (size_t)world->cells;
	auto_free struct sample *samples = MEM_NEW(struct sample, cells);
	auto_free struct screened *screened = MEM_NEW(struct screened, cells);
	auto_free struct judgement *judgements = MEM_NEW(struct judgement, cells);
	auto_free bool *family = MEM_NEW(bool, cells);
	auto_free double *p_valid = MEM_NEW(double, cells);
	struct simulation simulation = {.runs = runs};
	struct prng prng;

	prng_init(&prng, seed);
	for (int run = 0; run < runs; run++) {
		struct trial t = {world_new(world, &prng), judging, samples, screened,
			judgements, family, p_valid, cells, 0};
		bool confirms = true;

		for (size_t i = 0; i < cells; i++)
			family[i] = true;
		if (!confirm_only)
			confirms = screen(&t);
		if (confirms)
			confirm(&t);
		count(&t, world, confirms, &simulation);
		world_free(t.world);
	}
	return simulation;
}
