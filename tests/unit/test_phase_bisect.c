/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/bisect.h"

#include <errno.h>

#include "store_fixture.h"

#include "history_fixture.h"
#include "io/repo.h"
#include "page/bisect_text.h"
#include "store/bisects.h"

/*
 * Whole bisects on a real repository and a real store; only the lab is made
 * up: boot values are written as a host would have left them. The history is
 * that of history_fixture.h, from commit 0 to commit 8.
 */
struct lab {
	struct store store;
	struct history_fixture *history;
	int slow;	    /* the commit that made it slow; -1: none */
	double effect;	    /* of it, as R - 1 */
	const char *broken; /* digits of the commits that do not build */
	const char *same;   /* two digits: the second's image is that of the first */
	int host_failures;  /* that are still to come */
	int liar;     /* this commit's first test gives the level of the other side; or -1 */
	bool lies;    /* now */
	int measured; /* comparisons */
	unsigned noise;
};

static int number_of(const struct lab *lab, const char *oid)
{
	for (int i = 0; i < HISTORY_COMMITS; i++)
		if (strcmp(lab->history->oid[i], oid) == 0)
			return i;
	return -1; /* a revert */
}

static bool has(const struct lab *lab, int commit, int ancestor)
{
	if (commit < 0 || commit == ancestor)
		return commit == ancestor;
	for (int p = 0; p < 2; p++)
		if (history_shape[commit].parents[p] >= 0 &&
			has(lab, history_shape[commit].parents[p], ancestor))
			return true;
	return false;
}

static double value_of(struct lab *lab, const char *oid)
{
	int commit = number_of(lab, oid);
	double level = 2e6;

	lab->noise = lab->noise * 1664525u + 1013904223u;
	if (lab->slow >= 0 && commit >= 0 &&
		has(lab, commit, lab->slow) != (lab->lies && commit == lab->liar))
		level *= 1 + lab->effect;
	return level * (1 + 0.001 * ((double)(lab->noise >> 16 & 255) / 255 - 0.5));
}

static bool is_broken(const struct lab *lab, const char *oid)
{
	int commit = number_of(lab, oid);

	return lab->broken && commit >= 0 && strchr(lab->broken, '0' + commit);
}

static const char *image_of(const struct lab *lab, const char *oid)
{
	return lab->same && number_of(lab, oid) == lab->same[1] - '0'
		       ? lab->history->oid[lab->same[0] - '0']
		       : oid;
}

/* "Builds" a commit; the row of its kernel. */
static int64_t build(struct lab *lab, const struct bisect_commit *commit)
{
	struct kernel_record k = {0};
	int64_t id;

	if (kernel_find(lab->store.db, commit->id, "recipe", &k, &store_err) == 0) {
		k.kernel.commit_id = commit->id;
		k.kernel.toolchain = mem_strdup("gcc 12");
		k.kernel.image_hash = mem_strdup(image_of(lab, commit->oid));
		k.failure = is_broken(lab, commit->oid) ? FAILURE_BUILD : FAILURE_NONE;
		must(kernel_store(lab->store.db, "recipe", &k, 5000, &store_err));
	}
	id = k.kernel.id;
	kernel_record_clear(&k);
	return id;
}

static void boot(struct lab *lab, struct run *run, int64_t session, char side,
	const struct bisect_commit *commit)
{
	static const char *const names[] = {"insn.enable", "insn.clear"};
	struct boot_report report = {.release = (char *)(uintptr_t) "6.12.0"};
	struct process_report process = {.command = (char *)(uintptr_t) "test -g"};
	int64_t kernel = build(lab, commit), id;

	must(boot_start(lab->store.db, run->id, session, kernel, side, 6000, &id, &store_err));
	for (size_t s = 0; s < 1; s++) {
		const struct process_value values[] = {
			{names[s], "instructions", 1, value_of(lab, commit->oid)}};

		must(process_store(lab->store.db, id, &lab->store.plan.scenarios[s], STORE_MODE,
			1, &process, values, 1, &store_err));
	}
	must(boot_end(lab->store.db, id, &report, 7000, &store_err));
}

static void measure(struct lab *lab, const struct bisect *bisect, struct bisect_step *step)
{
	struct bisect_order order = bisect_order(bisect, step);
	struct run run = lab->store.run;
	bool broken = is_broken(lab, step->base.oid) || is_broken(lab, step->commit.oid);
	int boots = order.confirm ? 2 : order.boots;
	int64_t session;

	assert_true(boots > 0 && boots <= 8);
	lab->lies = !order.confirm && number_of(lab, step->commit.oid) == lab->liar;
	run.base_commit = step->base.id;
	run.new_commit = step->commit.id;
	run.confirm = order.confirm;
	run.boots_wanted = boots;
	must(run_start(lab->store.db, &run, 5000, &store_err));
	must(session_start(lab->store.db, run.id, 5000, &session, &store_err));
	build(lab, &step->base);
	build(lab, &step->commit);
	for (int i = 0; i < 2 * boots && !broken; i++) {
		char side = "ABBA"[i % 4];

		boot(lab, &run, session, side, side == 'A' ? &step->base : &step->commit);
	}
	if (lab->host_failures > 0 && !broken) {
		struct boot_report report = {.failure = FAILURE_HOST};
		int64_t id;

		lab->host_failures--;
		must(boot_start(lab->store.db, run.id, session, build(lab, &step->base), 'A',
			6000, &id, &store_err));
		must(boot_end(lab->store.db, id, &report, 7000, &store_err));
		must(run_end(lab->store.db, &run, FAILURE_HOST, SYMPTOM_NONE, "no answer", 8000,
			&store_err));
	} else {
		must(run_end(lab->store.db, &run, broken ? FAILURE_BUILD : FAILURE_NONE,
			SYMPTOM_NONE, broken ? "does not compile" : NULL, 8000, &store_err));
	}
	if (lab->lies)
		lab->liar = -1;
	lab->lies = false;
	step->comparison_id = run.id;
	must(bisect_step_link(lab->store.db, step, &store_err));
	lab->measured++;
}

static void take(struct lab *lab, int commit, struct bisect_commit *ret)
{
	struct repo *repo;
	struct commit c;

	must(repo_open(&repo, lab->history->git->repo, &store_err));
	must(repo_resolve(repo, lab->history->oid[commit], &c, &store_err));
	must(commit_store(lab->store.db, &c, &store_err));
	ret->id = c.id;
	commit_clear(&c);
	repo_close(repo);
}

static int64_t begin(struct lab *lab, const char *paths)
{
	struct bisect b = {
		.repository = mem_strdup(lab->history->git->repo),
		.host = mem_strdup("emulated"),
		.plan = mem_strdup("small"),
		.recipe = "recipe",
		.paths = mem_strdup(paths),
	};
	int64_t id;

	take(lab, 0, &b.good);
	take(lab, 8, &b.bad);
	must(bisect_add(lab->store.db, &b, 4000, &store_err));
	id = b.id;
	bisect_clear(&b);
	return id;
}

/* To the end, or until it fails; the number of deeds is bounded. */
static int search(
	struct lab *lab, int64_t id, bool emulated, struct bisect *ret, struct err *err)
{
	int r;

	for (int rounds = 0;
		(r = bisect_advance(lab->store.db, id, emulated, 5000, ret, err)) > 0;
		rounds++) {
		assert_true(rounds < 40);
		for (size_t i = 0; i < ret->step_count; i++) {
			struct bisect_step *step = &ret->steps[i];

			if (step->done)
				continue;
			build(lab, &step->commit);
			if (bisect_same_image(lab->store.db, ret, step, 5000, err) == 0)
				measure(lab, ret, step);
		}
		bisect_clear(ret);
	}
	return r;
}

static void open_lab(struct lab *lab)
{
	void *state;

	memset(lab, 0, sizeof(*lab));
	store_open(&lab->store);
	history_open(&state);
	lab->history = state;
	lab->slow = lab->liar = -1;
}

static void close_lab(struct lab *lab)
{
	void *state = lab->history;

	history_close(&state);
	store_close(&lab->store);
}

static const struct {
	const char *name, *paths;
	int slow;
	double effect;
	const char *broken, *same;
	bool hardware;
	const char *want;  /* "commit 4", "range 1 6" */
	const char *steps; /* kinds, by their first letter; upper case when it is not done */
	const char *words; /* in the reason */
} rows[] = {
	{"a commit of the first parents", "", 7, 0.2, NULL, NULL, false, "commit 7", "etttpr",
		"its revert on the bad end changes that by -"},
	{"the bad end itself, whose revert is its parent", "", 8, 0.2, NULL, NULL, false,
		"commit 8", "etttpr", "which is good"},
	{"a speedup", "", 7, -0.2, NULL, NULL, false, "commit 7", "etttpr",
		"its revert on the bad end changes that by +"},
	{"a commit inside of a merge", "", 4, 0.2, NULL, NULL, false, "commit 4", "ettdttpr",
		"instructions are counted"},
	{"a merge that is slow although its branch is not", "", 6, 0.2, NULL, NULL, false,
		"commit 6", "ettdttpr", NULL},
	{"only what touches the paths", "kvm", 7, 0.2, NULL, NULL, false, "commit 7", "ettpr",
		NULL},
	{"a commit that the paths hide", "kvm", 4, 0.2, NULL, NULL, false, "commit 4", NULL,
		NULL},
	{"one behind the last that touches them", "kvm", 8, 0.2, NULL, NULL, false, "commit 8",
		"ettpr", NULL},
	{"one that none of the paths has anything to do with", "virt", 7, 0.2, NULL, NULL,
		false, "commit 7", "ewtttpr", NULL},
	{"commits that do not build", "", 2, 0.2, "12", NULL, false, "range 0 6", NULL,
		"is skip: does not compile"},
	{"a known image costs no boot", "", 7, 0.2, NULL, "26", false, "commit 7", "etttpr",
		NULL},
	{"nothing changed", "", -1, 0, NULL, NULL, false, "range 0 8", "e",
		"do not show a change"},
	{"less than the minimum effect", "", 4, 0.01, NULL, NULL, false, "range 0 8", "e",
		"do not show a change"},
	{"an end that does not build", "", 4, 0.2, "8", NULL, false, "range 0 8", "e",
		"does not compile"},
	{"a revert in conflict is told", "", 1, 0.2, NULL, NULL, false, "commit 1", "ettpr",
		"conflict in kvm/mmu.c"},
};

static void check(const struct lab *lab, size_t row, const struct bisect *b)
{
	auto_free char *text = mem_printf(
		"%s %d %d", b->answer, number_of(lab, b->low.oid), number_of(lab, b->high.oid));
	auto_free char *commit = mem_printf("%s %d", b->answer, number_of(lab, b->high.oid));
	auto_free char *line = bisect_text_answer(b);
	char kinds[64] = "";

	for (size_t i = 0; i < b->step_count && i < 63; i++)
		kinds[i] = bisect_kind_name(b->steps[i].kind)[0];
	if ((strcmp(text, rows[row].want) && strcmp(commit, rows[row].want)) ||
		(rows[row].steps && strcmp(kinds, rows[row].steps)) ||
		(rows[row].words && !strstr(line, rows[row].words))) {
		bisect_text_write(stderr, b);
		fail_msg("%s: %s, steps %s: %s", rows[row].name, text, kinds, line);
	}
	for (size_t i = 0; i < b->step_count; i++)
		if (b->steps[i].same_oid[0])
			assert_int_equal(b->steps[i].boots, 0);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		struct bisect b;
		struct lab lab;

		open_lab(&lab);
		lab.slow = rows[i].slow;
		lab.effect = rows[i].effect;
		lab.broken = rows[i].broken;
		lab.same = rows[i].same;
		if (search(&lab, begin(&lab, rows[i].paths), !rows[i].hardware, &b, &err) < 0)
			fail_msg("%s: %s", rows[i].name, err.text);
		check(&lab, i, &b);
		bisect_clear(&b);
		close_lab(&lab);
	}
}

static void test_a_wrong_answer_is_found_out_by_the_proof(void **state)
{
	struct bisect b;
	struct lab lab;
	size_t proofs = 0;

	(void)state;
	for (int liar = 1; liar < 8; liar++) {
		open_lab(&lab);
		lab.slow = 7;
		lab.effect = 0.2;
		lab.liar = liar;
		must(search(&lab, begin(&lab, ""), true, &b, &store_err));
		assert_string_equal(b.answer, "commit");
		assert_int_equal(number_of(&lab, b.high.oid), 7);
		for (size_t i = 0; i < b.step_count; i++)
			proofs += b.steps[i].kind == BISECT_PROOF;
		bisect_clear(&b);
		close_lab(&lab);
	}
	assert_true(proofs > 7);
}

static void test_hardware_wants_layout_controls(void **state)
{
	struct bisect b;
	struct lab lab;

	(void)state;
	open_lab(&lab);
	lab.slow = 7;
	lab.effect = 0.2;
	must(search(&lab, begin(&lab, ""), false, &b, &store_err));
	assert_string_equal(b.answer, "commit");
	assert_int_equal(b.steps[b.step_count - 2].kind, BISECT_REBUILT);
	assert_int_equal(b.steps[b.step_count - 2].word, BISECT_GOOD);
	bisect_clear(&b);
	close_lab(&lab);
}

static void test_a_host_that_fails_is_tried_again_and_then_told(void **state)
{
	struct err err = ERR_INIT;
	struct bisect b;
	struct lab lab;

	(void)state;
	open_lab(&lab);
	lab.slow = 7;
	lab.effect = 0.2;
	lab.host_failures = BISECT_TRIES - 1;
	must(search(&lab, begin(&lab, ""), true, &b, &store_err));
	assert_string_equal(b.answer, "commit");
	bisect_clear(&b);
	lab.host_failures = BISECT_TRIES;
	assert_int_equal(search(&lab, begin(&lab, ""), true, &b, &err), -EHOSTDOWN);
	assert_non_null(strstr(err.text, "no answer"));
	close_lab(&lab);
}

/* Each call begins where the store says; nothing is measured twice. */
static void test_a_restart_in_any_step_changes_nothing(void **state)
{
	struct bisect b;
	struct lab lab;
	int64_t id;
	int r, measured;

	(void)state;
	open_lab(&lab);
	lab.slow = 4;
	lab.effect = 0.2;
	must(search(&lab, begin(&lab, ""), true, &b, &store_err));
	measured = lab.measured;
	bisect_clear(&b);
	lab.measured = 0;
	id = begin(&lab, "");
	while ((r = bisect_advance(lab.store.db, id, true, 5000, &b, &store_err)) > 0) {
		struct bisect again;
		size_t steps = b.step_count;

		for (int i = 0; i < 3; i++) {
			must(bisect_advance(lab.store.db, id, true, 5000, &again, &store_err));
			assert_int_equal(again.step_count, steps);
			bisect_clear(&again);
		}
		for (size_t i = 0; i < steps; i++)
			if (!b.steps[i].done)
				measure(&lab, &b, &b.steps[i]);
		bisect_clear(&b);
	}
	assert_int_equal(r, 0);
	assert_int_equal(lab.measured, measured);
	assert_int_equal(number_of(&lab, b.high.oid), 4);
	bisect_clear(&b);
	close_lab(&lab);
}

static void test_the_same_question_is_found_again(void **state)
{
	struct bisect b;
	struct lab lab;
	int64_t id, found = 0;

	(void)state;
	open_lab(&lab);
	id = begin(&lab, "kvm");
	must(bisect_load(lab.store.db, id, &b, &store_err));
	assert_int_equal(bisect_find_same(lab.store.db, &b, &found, &store_err), 1);
	assert_int_equal(found, id);
	must(bisect_cancel(lab.store.db, id, "no longer wanted", 9000, &store_err));
	assert_int_equal(bisect_find_same(lab.store.db, &b, &found, &store_err), 0);
	assert_int_equal(bisect_cancel(lab.store.db, id, "again", 9000, NULL), -ESTALE);
	assert_int_equal(bisect_load(lab.store.db, 99, &b, NULL), -ENOENT);
	bisect_clear(&b);
	close_lab(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_a_wrong_answer_is_found_out_by_the_proof),
		cmocka_unit_test(test_hardware_wants_layout_controls),
		cmocka_unit_test(test_a_host_that_fails_is_tried_again_and_then_told),
		cmocka_unit_test(test_a_restart_in_any_step_changes_nothing),
		cmocka_unit_test(test_the_same_question_is_found_again),
	};

	return cmocka_run_group_tests_name("phase_bisect", tests, NULL, NULL);
}
