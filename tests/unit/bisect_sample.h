/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BISECT_SAMPLE_H
#define TESTS_BISECT_SAMPLE_H

#include "model/bisect.h"
#include "support.h"

#include "base/mem.h"

/* A bisect that named a commit: ends, a good, a bad and a broken candidate, proof, revert. */
static inline struct bisect_commit sample_commit(int64_t id, const char *subject)
{
	struct bisect_commit commit = {.id = id, .subject = mem_strdup(subject)};

	memset(commit.oid, (int)('0' + id), 40);
	return commit;
}

static inline struct bisect bisect_sample(void)
{
	static const struct {
		enum bisect_kind kind;
		enum bisect_word word;
		int64_t base, commit;
		double change;
		const char *reason;
	} steps[] = {
		{BISECT_ENDS, BISECT_BAD, 1, 5, 0.2, NULL},
		{BISECT_TEST, BISECT_GOOD, 1, 2, 0.001, NULL},
		{BISECT_TEST, BISECT_SKIP, 1, 4, 0, "kernel 444444444444 does not compile"},
		{BISECT_TEST, BISECT_BAD, 1, 3, 0.19, NULL},
		{BISECT_PROOF, BISECT_BAD, 2, 3, 0.195, NULL},
		{BISECT_REVERT, BISECT_SKIP, 5, 3, 0, "conflict in mmu.c"},
	};
	struct bisect b = {.id = 7,
		.repository = mem_strdup("/repo"),
		.host = mem_strdup("altra"),
		.plan = mem_strdup("dirty-log"),
		.paths = mem_strdup(""),
		.state = mem_strdup("done"),
		.good = sample_commit(1, "Linux 6.12"),
		.bad = sample_commit(5, "tip"),
		.scenario = mem_strdup("g-thp"),
		.mode = mem_strdup("PA-bits:40, VA-bits:48, 4K pages"),
		.metric = mem_strdup("enable"),
		.unit = mem_strdup("s"),
		.d = 0.18,
		.sd = 0.01,
		.answer = mem_strdup("commit"),
		.low = sample_commit(2, "before"),
		.high = sample_commit(3, "KVM: \033[31mslow\n"),
		.reason = mem_strdup("fresh boots differ"),
		.steps = MEM_NEW(struct bisect_step, ARRAY_SIZE(steps)),
		.step_count = ARRAY_SIZE(steps)};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		b.steps[i] = (struct bisect_step){.number = (int)i + 1,
			.kind = steps[i].kind,
			.word = steps[i].word,
			.base = sample_commit(steps[i].base, "base"),
			.commit = sample_commit(steps[i].commit, "KVM: \033[31mcommit"),
			.change = steps[i].change,
			.reason = mem_strdup(steps[i].reason),
			.comparison_id = 10 + (int64_t)i,
			.done = true,
			.builds = 1,
			.boots = 2};
	return b;
}

#endif
