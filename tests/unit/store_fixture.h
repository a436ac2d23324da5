/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "scratch.h"

#include "config/plans.h"
#include "store/boots.h"
#include "store/kernels.h"
#include "store/processes.h"
#include "store/runs.h"
#include "store/schema.h"

/*
 * A store with a comparison in it that is running: an emulated host, a small
 * plan, two commits (named by 40 digits "a" and "b") with built kernels.
 */
#define STORE_MODE "PA-bits:40, VA-bits:48, 4K pages"
#define STORE_PLAN                                                            \
	"[plan]\nname = small\nmodes = 40/48/4K\nprocesses = 1\nwarmup = 0\n" \
	"chunk = 2M\n[scenario g-4k]\nmemory = 4K pages\nargs = -g\n"         \
	"[scenario 4k]\nmemory = 4K pages\nargs =\n"

struct store {
	char *folder, *path;
	struct db *db;
	struct plan plan;
	struct commit commits[2];
	struct kernel_record kernels[2];
	int64_t host_id, plan_id, session;
	struct run run;
};

/* Where a sentence goes that no test expects. */
static struct err store_err;

#define must(call)                                                 \
	do {                                                       \
		if ((call) < 0)                                    \
			fail_msg("%s: %s", #call, store_err.text); \
	} while (0)

static inline void store_commits(struct store *s)
{
	for (int i = 0; i < 2; i++) {
		struct commit *commit = &s->commits[i];
		struct kernel_record *record = &s->kernels[i];

		memset(commit->oid, 'a' + i, 40);
		memset(commit->tree, 'c' + i, 40);
		commit->subject = mem_strdup(i ? "KVM: arm64: faster" : "Linux 6.12");
		commit->author = mem_strdup("A <a@example.org>");
		must(commit_store(s->db, commit, &store_err));
		record->kernel.commit_id = commit->id;
		record->kernel.toolchain = mem_strdup("gcc 12");
		record->kernel.release = mem_printf("6.12.0-%d", i);
		record->kernel.image_hash = mem_printf("hash%d", i);
		must(kernel_store(s->db, "recipe", record, 1000, &store_err));
	}
}

static inline void store_open(struct store *s)
{
	struct host_spec host = {.name = mem_strdup("emulated")};

	memset(s, 0, sizeof(*s));
	s->folder = scratch_make();
	s->path = mem_printf("%s/kvmperf.db", s->folder);
	must(db_open(s->path, true, &s->db, &store_err));
	must(schema_apply(s->db, s->path, &store_err));
	store_commits(s);
	must(plan_parse("small", STORE_PLAN, &s->plan, &store_err));
	s->plan.hash = mem_strdup("0123456789ab");
	must(host_store(s->db, &host, &s->host_id, &store_err));
	must(plan_store(s->db, &s->plan, STORE_PLAN, &s->plan_id, &store_err));
	s->run = (struct run){.host_id = s->host_id,
		.plan_id = s->plan_id,
		.base_commit = s->commits[0].id,
		.new_commit = s->commits[1].id,
		.recipe = "recipe",
		.branch = mem_strdup("next"),
		.boots_wanted = 2};
	must(run_start(s->db, &s->run, 2000, &store_err));
	must(session_start(s->db, s->run.id, 3000, &s->session, &store_err));
	host_spec_clear(&host);
}

static inline void store_close(struct store *s)
{
	db_close(s->db);
	plan_clear(&s->plan);
	run_clear(&s->run);
	for (int i = 0; i < 2; i++) {
		commit_clear(&s->commits[i]);
		kernel_record_clear(&s->kernels[i]);
	}
	free(s->path);
	scratch_remove(s->folder);
}

/* Begins a boot of side 'A' or 'B'. */
static inline int64_t store_boot(struct store *s, char side, int64_t now_unix_ms)
{
	int64_t id;

	must(boot_start(s->db, s->run.id, s->session, s->kernels[side == 'B'].kernel.id, side,
		now_unix_ms, &id, &store_err));
	return id;
}

/* Ends a boot that counts. */
static inline void store_boot_good(struct store *s, int64_t boot_id, int64_t now_unix_ms)
{
	struct boot_report report = {.release = (char *)(uintptr_t) "6.12.0"};

	must(boot_end(s->db, boot_id, &report, now_unix_ms, &store_err));
}

/* A process of the plan's first scenario with one counted "enable". */
static inline void store_process(struct store *s, int64_t boot_id, int ordinal, double value)
{
	const struct process_value values[] = {
		{"enable", "s", 0, 0.001},
		{"insn.enable", "instructions", 1, value},
	};
	struct process_report report = {.command = (char *)(uintptr_t) "test -g"};

	must(process_store(s->db, boot_id, &s->plan.scenarios[0], STORE_MODE, ordinal, &report,
		values, ARRAY_SIZE(values), &store_err));
}

/* The negative control of a boot: one pass. */
static inline void store_control(struct store *s, int64_t boot_id, double value)
{
	const struct process_value values[] = {{"insn.control", "instructions", 1, value}};
	const struct scenario scenario = {.name = (char *)(uintptr_t)CONTROL_SCENARIO};
	struct process_report report = {.command = (char *)(uintptr_t) "runner control"};

	must(process_store(
		s->db, boot_id, &scenario, CONTROL_MODE, 1, &report, values, 1, &store_err));
}

static inline int64_t store_count(struct store *s, const char *sql)
{
	auto_query struct query *query = NULL;

	must(query_open(s->db, sql, &query, &store_err));
	assert_int_equal(query_step(query, NULL), 1);
	return query_int(query, 0);
}

#endif
