/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/trail.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void trail_clear(struct trail *trail)
{
	history_clear(&trail->list);
	free(trail->chain);
	memset(trail, 0, sizeof(*trail));
}

const char *trail_root(const struct bisect *bisect, const char *oid)
{
	for (size_t i = bisect->step_count; i-- > 0;) {
		const struct bisect_step *s = &bisect->steps[i];

		if (s->kind == BISECT_TEST && s->done && s->same_oid[0] &&
			strcmp(s->commit.oid, oid) == 0)
			return s->same_oid;
	}
	return oid;
}

static bool is_of(const struct bisect_step *step, enum bisect_kind kind, const char *oid)
{
	return step->done && step->kind == kind && strcmp(step->commit.oid, oid) == 0;
}

/* --- the chain --- */

/* A proof that failed makes the answers of both commits, and of their images, void. */
static bool voids(const struct bisect *b, const struct bisect_step *step, const char *oid)
{
	const char *root = trail_root(b, oid);

	return step->done && step->kind == BISECT_PROOF && step->word == BISECT_GOOD &&
	       (strcmp(trail_root(b, step->base.oid), root) == 0 ||
		       strcmp(trail_root(b, step->commit.oid), root) == 0);
}

/* Does a failed proof take away the reason to look into this merge or stretch? */
static bool takes_back(const struct bisect *b, const struct bisect_step *proof,
	const struct bisect_step *entered)
{
	return voids(b, proof, entered->commit.oid) ||
	       (entered->kind == BISECT_WIDEN && voids(b, proof, entered->base.oid));
}

/* The steps into merges, and to all commits, that are still right; the caller frees. */
static const struct bisect_step **find_entered(const struct bisect *b, size_t *ret_count)
{
	const struct bisect_step **entered =
		MEM_NEW(const struct bisect_step *, b->step_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < b->step_count; i++) {
		const struct bisect_step *s = &b->steps[i];

		if (s->kind == BISECT_DESCEND || s->kind == BISECT_WIDEN)
			entered[count++] = s;
		for (size_t k = 0; k < count; k++)
			if (takes_back(b, s, entered[k]))
				count = k; /* with all that followed from it */
	}
	*ret_count = count;
	return entered;
}

/* The stretch that is searched now. */
static int find_list(const struct bisect *b, struct trail *ret, struct err *err)
{
	size_t count = 0;
	auto_free const struct bisect_step **entered = find_entered(b, &count);
	const struct bisect_step *last = count ? entered[count - 1] : NULL;
	auto_strv struct strv paths = STRV_INIT;

	strv_split(&paths, b->paths, " ");
	for (size_t i = 0; i < count; i++)
		if (entered[i]->kind == BISECT_WIDEN)
			strv_clear(&paths);
	if (!last)
		return history_chain(
			b->repository, b->good.oid, b->bad.oid, &paths, &ret->list, err);
	if (last->kind == BISECT_WIDEN)
		return history_chain(
			b->repository, last->base.oid, last->commit.oid, NULL, &ret->list, err);
	ret->facts.side = last->parent;
	return history_side(
		b->repository, last->commit.oid, last->parent, &paths, &ret->list, err);
}

/* --- the answers --- */

/* The ends were compared by themselves, and keep their words. */
static enum bisect_word word_of(const struct bisect *b, const char *oid)
{
	enum bisect_word word = BISECT_UNTESTED;

	if (strcmp(oid, b->good.oid) == 0)
		return BISECT_GOOD;
	if (strcmp(oid, b->bad.oid) == 0)
		return BISECT_BAD;
	for (size_t i = 0; i < b->step_count; i++)
		if (is_of(&b->steps[i], BISECT_TEST, oid))
			word = b->steps[i].word;
		else if (voids(b, &b->steps[i], oid))
			word = BISECT_UNTESTED;
	return word;
}

static enum bisect_proof shows(const struct bisect_step *step, enum bisect_word wanted)
{
	return step->word == wanted	   ? BISECT_HOLDS
	       : step->word == BISECT_SKIP ? BISECT_CANNOT
					   : BISECT_FAILS;
}

static void read_proofs(const struct bisect *b, struct trail *ret, size_t at)
{
	struct bisect_candidate *c = &ret->chain[at];

	for (size_t i = 0; i < b->step_count; i++) {
		const struct bisect_step *s = &b->steps[i];

		if (!is_of(s, BISECT_PROOF, ret->list.commits[at].oid))
			continue;
		c->proof = shows(s, BISECT_BAD);
		c->proof_low = at ? at - 1 : 0;
		for (size_t k = 0; k < at; k++)
			if (strcmp(ret->list.commits[k].oid, s->base.oid) == 0)
				c->proof_low = k;
	}
}

static void read_facts(const struct bisect *b, struct trail *ret)
{
	struct bisect_facts *f = &ret->facts;

	for (size_t i = 0; i < b->step_count; i++) {
		const struct bisect_step *s = &b->steps[i];

		if (!s->done)
			continue;
		if (s->kind == BISECT_ENDS)
			f->ends = s->word == BISECT_BAD ? BISECT_HOLDS : BISECT_FAILS;
		else if (s->kind == BISECT_PROOF)
			f->retries += s->word == BISECT_GOOD;
		else if (s->kind == BISECT_REBUILT)
			f->rebuilt = shows(s, BISECT_GOOD);
		else if (s->kind == BISECT_ALIGNED)
			f->aligned = shows(s, BISECT_BAD);
		else if (s->kind == BISECT_REVERT)
			f->revert = shows(s, BISECT_GOOD);
	}
}

int trail_find(const struct bisect *b, bool emulated, struct trail *ret, struct err *err)
{
	struct trail trail = {0};
	int r = find_list(b, &trail, err);

	if (r < 0)
		return r;
	trail.chain = MEM_NEW(struct bisect_candidate, trail.list.count);
	for (size_t i = 0; i < trail.list.count; i++) {
		const struct history_commit *commit = &trail.list.commits[i];

		trail.chain[i] = (struct bisect_candidate){
			.word = word_of(b, commit->oid),
			.parents = commit->parents,
			.in_paths = commit->in_paths,
			.gap = commit->gap,
		};
		read_proofs(b, &trail, i);
	}
	trail.chain[trail.list.count - 1].word = BISECT_BAD; /* that is why it is looked into */
	trail.facts.chain = trail.chain;
	trail.facts.count = trail.list.count;
	if (emulated)
		trail.facts.rebuilt = BISECT_CANNOT;
	if (!b->aligned)
		trail.facts.aligned = BISECT_CANNOT;
	read_facts(b, &trail);
	*ret = trail;
	return 0;
}
