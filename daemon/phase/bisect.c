/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/bisect.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/repo.h"
#include "rules/witness.h"
#include "store/bisects.h"
#include "store/costs.h"
#include "store/kernels.h"
#include "string/str.h"
#include "work/judge.h"
#include "work/trail.h"

enum { ROUNDS_MAX = 1000 }; /* of deeds that need no boot; a bisect has a few */

/* A bisect while it is moved on. */
struct work {
	struct db *db;
	struct bisect *bisect;
	bool emulated;
	int64_t now;
};

static int end_step(struct work *w, struct bisect_step *step, struct err *err)
{
	return bisect_step_end(w->db, w->bisect->recipe, step, w->now, err);
}

/* --- what was measured --- */

/* Is it the kernel's own fault, so that its comparison will never be done? */
static bool is_of_kernel(const struct comparison *c)
{
	const struct comparison_boot *last =
		c->boot_count ? &c->boots[c->boot_count - 1] : NULL;
	enum failure failure = c->fresh.failure	 ? c->fresh.failure
			       : c->base.failure ? c->base.failure
			       : last		 ? last->failure
						 : FAILURE_NONE;

	return failure != FAILURE_HOST && failure != FAILURE_LINK && failure != FAILURE_KEXEC;
}

static int hear_failure(
	struct work *w, const struct comparison *c, struct bisect_step *step, struct err *err)
{
	if (is_of_kernel(c))
		return bisect_skip(w->db, w->bisect, step, c->reason, w->now, err);
	if (step->tries + 1 >= BISECT_TRIES)
		return err_set(err, -EHOSTDOWN,
			"host %s failed %d times in step %d of bisect %lld: %s",
			w->bisect->host, BISECT_TRIES, step->number, (long long)w->bisect->id,
			c->reason ? c->reason : "no reason given");
	step->tries++;
	step->comparison_id = step->job_id = 0;
	return bisect_step_link(w->db, step, err);
}

static int hear(
	struct work *w, const struct comparison *c, struct bisect_step *step, struct err *err)
{
	int r = 0;

	if (strcmp(c->state, "running") == 0)
		return 0;
	if (strcmp(c->state, "failed") == 0)
		return hear_failure(w, c, step, err);
	if (step->kind == BISECT_ENDS && witness_choose(c, w->bisect))
		r = bisect_store_cell(w->db, w->bisect, w->now, err);
	if (r < 0)
		return r;
	witness_hear(c, w->bisect, step, &step->boots_wanted);
	if (step->kind == BISECT_ENDS && step->word == BISECT_SKIP) /* nothing to follow */
		step->word = BISECT_GOOD;
	if (step->word == BISECT_UNTESTED)
		return 0;
	free(step->reason);
	step->reason = mem_strdup(step->kind == BISECT_ENDS ? c->sentence : NULL);
	return end_step(w, step, err);
}

static int hear_all(struct work *w, size_t *ret_open, struct err *err)
{
	int r = 0;

	*ret_open = 0;
	for (size_t i = 0; i < w->bisect->step_count && r == 0; i++) {
		struct bisect_step *step = &w->bisect->steps[i];
		struct comparison comparison;

		if (step->done)
			continue;
		step->boots_wanted = 0;
		if (step->comparison_id) {
			r = judge_comparison(w->db, step->comparison_id, &comparison, err);
			if (r < 0)
				return r;
			r = hear(w, &comparison, step, err);
			comparison_clear(&comparison);
		}
		*ret_open += !step->done;
	}
	return r;
}

/* --- the next deed --- */

/* Looks a commit up in the repository and stores it. */
static int take(struct work *w, const char *oid, struct commit *ret, struct err *err)
{
	auto_repo struct repo *repo = NULL;
	int r = repo_open(&repo, w->bisect->repository, err);

	if (r == 0)
		r = repo_resolve(repo, oid, ret, err);
	return r < 0 ? r : commit_store(w->db, ret, err);
}

static int add_step(struct work *w, struct bisect_step *step, const char *base, const char *oid,
	struct err *err)
{
	struct commit commit = {0}, of_base = {0};
	int r = take(w, base, &of_base, err);

	if (r == 0)
		r = take(w, oid, &commit, err);
	step->base.id = of_base.id;
	step->commit.id = commit.id;
	if (r == 0)
		r = bisect_step_add(w->db, w->bisect->id, step, w->now, err);
	commit_clear(&commit);
	commit_clear(&of_base);
	return r;
}

/* A step that needs no boots. */
static int add_done(struct work *w, struct bisect_step *step, const char *base, const char *oid,
	struct err *err)
{
	int r = add_step(w, step, base, oid, err);

	return r < 0 ? r : end_step(w, step, err);
}

static const char *oid_at(const struct trail *trail, size_t at)
{
	return trail->list.commits[at].oid;
}

static int parent_of(struct work *w, const char *oid, char ret[65], struct err *err)
{
	struct commit commit = {0};
	int r = take(w, oid, &commit, err);

	memcpy(ret, commit.parent, 65);
	commit_clear(&commit);
	return r;
}

/* The suspect against its parent, or the bad side of a stretch against its good side. */
static int prove(struct work *w, const struct trail *trail, const struct bisect_deed *deed,
	struct err *err)
{
	struct bisect_step step = {.kind = deed->kind};
	char base[65];
	int r = parent_of(w, oid_at(trail, deed->high), base, err);

	if (r < 0)
		return r;
	if (deed->low + 1 < deed->high)
		snprintf(base, sizeof(base), "%s", oid_at(trail, deed->low));
	return add_step(w, &step, base,
		deed->kind == BISECT_REBUILT ? base : oid_at(trail, deed->high), err);
}

/* On the tip itself the revert is nothing but the parent, which was booted for the proof. */
static int add_revert(
	struct work *w, const struct commit *revert, const char *suspect, struct err *err)
{
	struct bisect_step step = {.kind = BISECT_REVERT};
	struct commit commit = {0}, parent = {0};
	int r = take(w, suspect, &commit, err);

	w->bisect->revert.id = revert->id;
	if (r == 0)
		r = take(w, commit.parent, &parent, err);
	if (r == 0)
		r = bisect_store_revert(w->db, w->bisect, w->now, err);
	if (r == 0)
		r = add_step(w, &step, w->bisect->bad.oid, revert->oid, err);
	if (r == 0 && strcmp(revert->tree, parent.tree) == 0) {
		step.word = BISECT_GOOD;
		memcpy(step.same_oid, parent.oid, sizeof(step.same_oid));
		r = end_step(w, &step, err);
	}
	commit_clear(&commit);
	commit_clear(&parent);
	return r;
}

static int revert(struct work *w, const char *suspect, struct err *err)
{
	auto_free char *ref =
		mem_printf("refs/kvmperf/bisect/%lld/revert", (long long)w->bisect->id);
	struct bisect_step step = {.kind = BISECT_REVERT, .word = BISECT_SKIP};
	struct commit made = {0};
	struct err why = ERR_INIT;
	char oid[65];
	int r = history_revert(
		w->bisect->repository, suspect, w->bisect->bad.oid, ref, oid, &why);

	if (r == -EPROTO) {
		step.reason = why.text;
		return add_done(w, &step, w->bisect->bad.oid, suspect, err);
	}
	if (r < 0)
		return err_set(err, r, "%s", why.text);
	r = take(w, oid, &made, err);
	if (r == 0)
		r = add_revert(w, &made, suspect, err);
	commit_clear(&made);
	return r;
}

/* --- the answer --- */

/* The last step of a kind that is over, or NULL. */
static const struct bisect_step *last_of(const struct bisect *b, enum bisect_kind kind)
{
	for (size_t i = b->step_count; i-- > 0;)
		if (b->steps[i].kind == kind && b->steps[i].done)
			return &b->steps[i];
	return NULL;
}

/* What the proof of a commit consists of. */
static char *tell_proof(const struct work *w)
{
	const struct bisect_step *proof = last_of(w->bisect, BISECT_PROOF);
	const struct bisect_step *undone = last_of(w->bisect, BISECT_REVERT);
	struct str text = STR_INIT;

	if (proof)
		str_addf(&text,
			"fresh interleaved boots of it and its parent %.12s differ by %+.2f %%",
			proof->base.oid, 100 * proof->change);
	if (last_of(w->bisect, BISECT_ALIGNED))
		str_add(&text, ", also with functions aligned to 64 bytes");
	else if (w->emulated)
		str_add(&text, "; instructions are counted, so where code lies plays no part");
	if (undone && undone->word == BISECT_GOOD && undone->same_oid[0])
		str_addf(&text,
			"; its revert on the bad end gives the kernel of %.12s, which "
			"is good",
			undone->same_oid);
	else if (undone && undone->word == BISECT_GOOD)
		str_addf(&text, "; its revert on the bad end changes that by %+.2f %%",
			100 * undone->change);
	else if (undone && undone->word == BISECT_BAD)
		str_addf(&text,
			"; but its revert on the bad end does not bring the level back "
			"(%+.2f %%): something after it holds it there",
			100 * undone->change);
	else if (undone)
		str_addf(&text, "; the revert could not be tried: %s",
			undone->reason ? undone->reason : "no reason given");
	return str_take(&text);
}

/* Why a range, with what the commits in it had to say for themselves. */
static char *tell_range(
	const struct work *w, const struct trail *trail, const struct bisect_deed *deed)
{
	const struct bisect_step *ends = last_of(w->bisect, BISECT_ENDS);
	struct str text = STR_INIT;

	str_add(&text, bisect_why_phrase(deed->why));
	if (deed->why == BISECT_WHY_ENDS && ends && ends->reason)
		str_addf(&text, ": %s", ends->reason);
	for (size_t i = deed->low; i <= deed->high; i++)
		for (size_t k = 0; k < w->bisect->step_count; k++) {
			const struct bisect_step *s = &w->bisect->steps[k];

			if (s->kind == BISECT_TEST && s->done && s->word >= BISECT_SKIP &&
				strcmp(s->commit.oid, oid_at(trail, i)) == 0)
				str_addf(&text, "; %.12s is %s%s%s", s->commit.oid,
					bisect_word_name(s->word), s->reason ? ": " : "",
					s->reason ? s->reason : "");
		}
	return str_take(&text);
}

static int answer(struct work *w, const struct trail *trail, const struct bisect_deed *deed,
	struct err *err)
{
	struct bisect *b = w->bisect;
	bool is_commit = deed->why == BISECT_WHY_NONE;
	struct commit low = {0}, high = {0};
	int r = take(w, oid_at(trail, deed->high), &high, err);

	if (r == 0)
		r = take(w, is_commit ? high.parent : oid_at(trail, deed->low), &low, err);
	free(b->answer);
	free(b->reason);
	b->answer = mem_strdup(is_commit ? "commit" : "range");
	b->reason = is_commit ? tell_proof(w) : tell_range(w, trail, deed);
	b->low.id = low.id;
	b->high.id = high.id;
	if (r == 0)
		r = bisect_end(w->db, b, w->now, err);
	commit_clear(&low);
	commit_clear(&high);
	return r;
}

static int carry_out(struct work *w, const struct trail *trail, const struct bisect_deed *deed,
	struct err *err)
{
	struct bisect_step step = {.kind = deed->kind, .parent = deed->parent};
	int r = 0;

	if (deed->is_answer)
		return answer(w, trail, deed, err);
	switch (deed->kind) {
	case BISECT_ENDS:
		return add_step(w, &step, w->bisect->good.oid, w->bisect->bad.oid, err);
	case BISECT_TEST:
		for (size_t i = 0; i < deed->count && r == 0; i++) {
			step = (struct bisect_step){.kind = BISECT_TEST};
			r = add_step(
				w, &step, w->bisect->good.oid, oid_at(trail, deed->at[i]), err);
		}
		return r;
	case BISECT_DESCEND:
	case BISECT_WIDEN:
		return add_done(
			w, &step, oid_at(trail, deed->low), oid_at(trail, deed->high), err);
	case BISECT_PROOF:
	case BISECT_REBUILT:
	case BISECT_ALIGNED:
		return prove(w, trail, deed, err);
	case BISECT_REVERT:
		return revert(w, oid_at(trail, deed->high), err);
	case BISECT_KIND_COUNT:
		break;
	}
	return 0;
}

static int next(struct work *w, struct err *err)
{
	struct trail trail;
	struct bisect_deed deed;
	int r = trail_find(w->bisect, w->emulated, &trail, err);

	if (r < 0)
		return r;
	if (w->bisect->queued)
		r = costs_of_bisect(w->db, w->bisect->id, &trail.facts.costs, err);
	deed = bisect_next(&trail.facts);
	if (r == 0)
		r = carry_out(w, &trail, &deed, err);
	trail_clear(&trail);
	return r;
}

int bisect_advance(struct db *db, int64_t id, bool emulated, int64_t now_unix_ms,
	struct bisect *ret, struct err *err)
{
	struct bisect bisect = {0};
	struct work w = {db, &bisect, emulated, now_unix_ms};
	size_t open = 0;
	int r = bisect_load(db, id, &bisect, err);

	for (int rounds = 0; r == 0 && strcmp(bisect.state, "running") == 0; rounds++) {
		r = hear_all(&w, &open, err);
		if (r == 0 && open)
			break;
		if (r == 0 && rounds > ROUNDS_MAX)
			r = err_set(err, -ELOOP, "bisect %lld goes round in circles",
				(long long)id);
		if (r == 0)
			r = next(&w, err);
		if (r < 0)
			break;
		bisect_clear(&bisect);
		r = bisect_load(db, id, &bisect, err);
	}
	if (r < 0) {
		bisect_clear(&bisect);
		return r;
	}
	*ret = bisect;
	return strcmp(bisect.state, "running") == 0;
}

/* --- how a step is measured --- */

/* Was this commit asked before, and its answer made void? */
static bool is_repeated(const struct bisect *b, const struct bisect_step *step)
{
	for (size_t i = 0; i < b->step_count; i++)
		if (b->steps[i].done && b->steps[i].kind == step->kind &&
			b->steps[i].commit.id == step->commit.id)
			return true;
	return false;
}

struct bisect_order bisect_order(const struct bisect *b, const struct bisect_step *step)
{
	const struct witness_levels levels = {b->d, b->sd, b->df};
	struct bisect_order order = {
		.confirm = step->kind != BISECT_TEST,
		.again = !step->comparison_id &&
			 (step->tries || is_repeated(b, step) ||
				 (step->kind != BISECT_ENDS && step->kind != BISECT_TEST)),
		.aligned = step->kind == BISECT_ALIGNED,
	};

	if (!order.confirm)
		order.boots = step->boots_wanted ? step->boots_wanted
						 : witness_weigh(&levels, NULL, NULL, 0).boots;
	return order;
}

int bisect_skip(struct db *db, const struct bisect *b, struct bisect_step *step,
	const char *reason, int64_t now_unix_ms, struct err *err)
{
	char *told = mem_strdup(reason);

	free(step->reason);
	step->reason = told;
	step->word = BISECT_SKIP;
	return bisect_step_end(db, b->recipe, step, now_unix_ms, err);
}

/* The image of a commit's kernel, or NULL; the caller frees. */
static int image_of(
	struct db *db, const struct bisect *b, int64_t commit_id, char **ret, struct err *err)
{
	struct kernel_record record = {0};
	int r = kernel_find(db, commit_id, b->recipe, &record, err);

	*ret = r > 0 ? take_ptr(record.kernel.image_hash) : NULL;
	kernel_record_clear(&record);
	return r < 0 ? r : 0;
}

/* Ends a step when its image is that of a commit with this word. */
static int take_answer(struct db *db, const struct bisect *b, const char *image,
	const struct bisect_commit *of, enum bisect_word word, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err)
{
	auto_free char *other = NULL;
	int r;

	if (of->id == step->commit.id || (word != BISECT_GOOD && word != BISECT_BAD))
		return 0;
	r = image_of(db, b, of->id, &other, err);
	if (r < 0 || !other || strcmp(other, image) != 0)
		return r;
	step->word = word;
	memcpy(step->same_oid, of->oid, sizeof(step->same_oid));
	r = bisect_step_end(db, b->recipe, step, now_unix_ms, err);
	return r < 0 ? r : 1;
}

int bisect_same_image(struct db *db, const struct bisect *b, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err)
{
	auto_free char *image = NULL;
	int r;

	if ((step->kind != BISECT_TEST && step->kind != BISECT_REVERT) || is_repeated(b, step))
		return 0;
	r = image_of(db, b, step->commit.id, &image, err);
	if (r < 0 || !image)
		return r;
	r = take_answer(db, b, image, &b->good, BISECT_GOOD, step, now_unix_ms, err);
	if (r == 0)
		r = take_answer(db, b, image, &b->bad, BISECT_BAD, step, now_unix_ms, err);
	for (size_t i = 0; i < b->step_count && r == 0; i++)
		if (b->steps[i].done && b->steps[i].kind == BISECT_TEST)
			r = take_answer(db, b, image, &b->steps[i].commit, b->steps[i].word,
				step, now_unix_ms, err);
	return r;
}
