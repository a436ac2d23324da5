/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_LAB_FIXTURE_H
#define TESTS_LAB_FIXTURE_H

#include "store_fixture.h"

#include "base/prng.h"
#include "work/record.h"

/*
 * A branch whose kernels are measured one after the other, each in a lab
 * session of its own. Boots vary by 0.2 %, lab sessions by 0.1 %.
 */
struct lab {
	struct store s;
	struct prng prng;
	int64_t test, now;
	double control[2]; /* the negative control of base and new; 0: boots have none */
	int commits;
};

enum { DAY = 24 * 3600 * 1000 };

static inline void lab_open(struct lab *lab)
{
	memset(lab, 0, sizeof(*lab));
	store_open(&lab->s);
	prng_init(&lab->prng, 5);
	lab->now = 1000 * (int64_t)DAY;
	must(test_store(lab->s.db, "abc", "/t", "a", 1, &lab->test, &store_err));
}

/* A commit of the branch with its kernel, younger than those before. */
static inline struct commit lab_commit(struct lab *lab)
{
	struct kernel_record record = {0};
	struct commit commit = {0};

	snprintf(commit.oid, sizeof(commit.oid), "%040x", 0x1000 + lab->commits);
	snprintf(commit.tree, sizeof(commit.tree), "%040x", 0x2000 + lab->commits);
	commit.subject = (char *)(uintptr_t) "a change";
	commit.author = (char *)(uintptr_t) "A <a@example.org>";
	commit.commit_time_s = 1000 + lab->commits++;
	must(commit_store(lab->s.db, &commit, &store_err));
	record.kernel.commit_id = commit.id;
	record.kernel.toolchain = mem_strdup("gcc 12");
	record.kernel.release = mem_printf("6.12.0-%d", lab->commits);
	record.kernel.image_hash = mem_strdup(commit.oid);
	must(kernel_store(lab->s.db, "recipe", &record, 1000, &store_err));
	kernel_record_clear(&record);
	return commit;
}

static inline int64_t kernel_of(struct lab *lab, int64_t commit)
{
	auto_query struct query *query = NULL;

	must(query_open(
		lab->s.db, "SELECT id FROM kernels WHERE commit_id = :id", &query, &store_err));
	query_bind_int(query, ":id", commit);
	assert_int_equal(query_step(query, NULL), 1);
	return query_int(query, 0);
}

static inline struct run lab_compare(struct lab *lab, const char *kind,
	const struct commit *base, const struct commit *fresh)
{
	auto_free char *sql = NULL;
	struct run run = {.host_id = lab->s.host_id,
		.plan_id = lab->s.plan_id,
		.base_commit = base->id,
		.new_commit = fresh->id,
		.recipe = "recipe",
		.branch = (char *)(uintptr_t) "next",
		.boots_wanted = 2,
		.confirm = strcmp(kind, "confirm") == 0};

	must(run_start(lab->s.db, &run, lab->now, &store_err));
	must(run_pin_test(lab->s.db, &run, lab->test, &store_err));
	sql = mem_printf(
		"UPDATE comparisons SET kind = '%s' WHERE id = %lld", kind, (long long)run.id);
	must(db_exec(lab->s.db, sql, &store_err));
	return run;
}

/* Boots in this order of sides in one lab session; "enable" takes so many instructions. */
static inline void lab_session(
	struct lab *lab, const struct run *run, const char *order, double base, double fresh)
{
	double offset = 1 + 0.001 * prng_normal(&lab->prng);
	int64_t session = 0, boot = 0;

	must(session_start(lab->s.db, run->id, lab->now, &session, &store_err));
	for (; *order; order++) {
		int64_t commit = *order == 'A' ? run->base_commit : run->new_commit;
		double level = *order == 'A' ? base : fresh;

		must(boot_start(lab->s.db, run->id, session, kernel_of(lab, commit), *order,
			lab->now, &boot, &store_err));
		store_process(&lab->s, boot, 1,
			level * offset * (1 + 0.002 * prng_normal(&lab->prng)));
		if (lab->control[*order != 'A'] > 0)
			store_control(&lab->s, boot,
				lab->control[*order != 'A'] *
					(1 + 0.0005 * prng_normal(&lab->prng)));
		store_boot_good(&lab->s, boot, lab->now + 60000);
		must(record_boot(lab->s.db, boot, &store_err));
		lab->now += 120000;
	}
	lab->now += DAY;
}

#endif
