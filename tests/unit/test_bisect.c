/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/bisect.h"

#include "base/mem.h"
#include "support.h"

/*
 * A chain as text, oldest first, a letter a candidate:
 *   g b good, bad    s w skip, weak    . not tested    m a merge, not tested
 *   M a merge, bad   o bad, outside of the paths
 * and behind it: + the proof of the first bad one holds, - it fails, ! it cannot be made, /
 * commits are left out before the first bad one.
 */
struct chain {
	struct bisect_candidate list[64];
	size_t count;
};

static struct bisect_candidate candidate(char letter)
{
	struct bisect_candidate c = {
		.parents = strchr("mM", letter) ? 2 : 1, .in_paths = letter != 'o'};

	c.word = letter == 'g'		 ? BISECT_GOOD
		 : strchr("bMo", letter) ? BISECT_BAD
		 : letter == 's'	 ? BISECT_SKIP
		 : letter == 'w'	 ? BISECT_WEAK
					 : BISECT_UNTESTED;
	return c;
}

static struct chain chain_of(const char *text)
{
	struct chain chain = {.count = strcspn(text, "+-!/")};
	size_t bad = 1, low;

	for (size_t i = 0; i < chain.count; i++)
		chain.list[i] = candidate(text[i]);
	while (chain.list[bad].word != BISECT_BAD)
		bad++;
	for (low = bad - 1; low > 0 && chain.list[low].word != BISECT_GOOD;)
		low--;
	for (const char *mark = text + chain.count; *mark; mark++)
		if (*mark == '/') {
			chain.list[bad].gap = true;
		} else {
			chain.list[bad].proof = *mark == '+'   ? BISECT_HOLDS
						: *mark == '-' ? BISECT_FAILS
							       : BISECT_CANNOT;
			chain.list[bad].proof_low = low;
		}
	return chain;
}

/* The deed in short: "test 5", "proof 3 4", "descend 4 into 2", "range 2 4 skip". */
static void tell(const struct bisect_deed *deed, char ret[80])
{
	static const char *const whys[BISECT_WHY_COUNT] = {"", "ends", "skip", "weak", "fork",
		"unproved", "contradict", "rebuilt", "layout"};
	int n = 0;

	if (deed->is_answer && deed->why == BISECT_WHY_NONE) {
		snprintf(ret, 80, "commit %zu", deed->high);
	} else if (deed->is_answer) {
		snprintf(ret, 80, "range %zu %zu %s", deed->low, deed->high, whys[deed->why]);
	} else if (deed->kind == BISECT_TEST) {
		n = snprintf(ret, 80, "test");
		for (size_t i = 0; i < deed->count; i++)
			n += snprintf(ret + n, 80 - (size_t)n, " %zu", deed->at[i]);
	} else if (deed->kind == BISECT_DESCEND) {
		snprintf(ret, 80, "descend %zu into %d", deed->high, deed->parent);
	} else {
		snprintf(ret, 80, "%s %zu %zu", bisect_kind_name(deed->kind), deed->low,
			deed->high);
	}
}

static const struct {
	const char *name, *chain;
	int side, retries;
	enum bisect_proof ends, layout, revert, aligned;
	const char *want;
} rows[] = {
	{"the ends come first", "g...b", 0, 0, BISECT_UNTRIED, BISECT_CANNOT, BISECT_UNTRIED,
		BISECT_UNTRIED, "ends 0 4"},
	{"ends that are alike are the answer", "g...b", 0, 0, BISECT_FAILS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "range 0 4 ends"},
	{"then the middle", "g.......b", 0, 0, BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED,
		BISECT_UNTRIED, "test 4"},
	{"after a good one the middle of what follows", "g...g...b", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "test 6"},
	{"after a bad one the middle of what was before", "g...b...b", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "test 2"},
	{"a skip sends two away, next to it would be likely to fail too", "g.......s.......b",
		0, 0, BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "test 5"},
	{"a weak one sends away too", "g.......w.......b", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "test 5"},
	{"the only one left is tested, skip or not", "gs.b", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "test 2"},
	{"a suspect is proved against its parent", "g.gb.b", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "proof 2 3"},
	{"two ends that are neighbours are proved as well", "gb", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "proof 0 1"},
	{"after the proof the revert", "ggb+", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "revert 1 2"},
	{"on hardware the layout controls before it", "ggb+", 0, 0, BISECT_HOLDS,
		BISECT_UNTRIED, BISECT_UNTRIED, BISECT_UNTRIED, "rebuilt 1 2"},
	{"a change that goes away with the layout accuses nobody", "ggb+", 0, 0, BISECT_HOLDS,
		BISECT_HOLDS, BISECT_UNTRIED, BISECT_FAILS, "range 1 2 layout"},
	{"then the proof again with functions aligned", "ggb+", 0, 0, BISECT_HOLDS,
		BISECT_HOLDS, BISECT_UNTRIED, BISECT_UNTRIED, "aligned 1 2"},
	{"a host that differs from itself accuses nobody", "ggb+", 0, 0, BISECT_HOLDS,
		BISECT_FAILS, BISECT_UNTRIED, BISECT_UNTRIED, "range 1 2 rebuilt"},
	{"with all of it a commit is named", "ggb+", 0, 0, BISECT_HOLDS, BISECT_HOLDS,
		BISECT_HOLDS, BISECT_HOLDS, "commit 2"},
	{"a parent that does not boot leaves the stretch before it", "ggb!/", 0, 0,
		BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "range 1 2 skip"},
	{"a revert that does not apply is no obstacle", "ggb+", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_CANNOT, BISECT_UNTRIED, "commit 2"},
	{"nor one that does not help: the proof stands, and the answer says so", "ggb+", 0, 0,
		BISECT_HOLDS, BISECT_CANNOT, BISECT_FAILS, BISECT_UNTRIED, "commit 2"},
	{"commits that cannot be tested make a range, which is proved too", "g.gssb.b", 0, 0,
		BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "proof 2 5"},
	{"and then is the answer", "g.gssb.b+", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "range 2 5 skip"},
	{"between the ends themselves no further proof is needed", "gssb", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "range 0 3 skip"},
	{"a weak one in between is named as the reason", "gswb", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "range 0 3 weak"},
	{"many weak ones end it early", "g.w...w...w...b", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "range 0 14 weak"},
	{"a suspect whose proof failed again takes its neighbours along", "g.g.gb.b-", 0, 1,
		BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED,
		"range 2 7 unproved"},
	{"a search that contradicts itself gives up", "g.g.gb.b", 0, 3, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "range 0 7 contradict"},
	{"a failed proof voids two answers, and they are tested again", "g.g..b.b", 0, 1,
		BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "test 3"},
	{"a merge is entered", "ggM.b", 0, 0, BISECT_HOLDS, BISECT_CANNOT, BISECT_UNTRIED,
		BISECT_UNTRIED, "descend 2 into 2"},
	{"a merge that is tested like any other", "g.m.b", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "test 2"},
	{"inside of a merge the search goes on", ".....M", 2, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "test 2"},
	{"a merge whose branch is good is the suspect itself", "...ggM", 2, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "proof 4 5"},
	{"where the branch forked is tested when it matters", ".b...M", 2, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "test 0"},
	{"and not when a later one was good", ".gb..M", 2, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "proof 1 2"},
	{"a fork that has the change leaves the merge as a range", "bb...M", 2, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "range 0 5 fork"},
	{"a merge inside of a merge is entered too", ".gM..M", 2, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "descend 2 into 2"},
	{"a bad end outside of the paths hides somebody", "g..go/", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "widen 3 4"},
	{"a suspect in the paths is proved first", "g..gb/", 0, 0, BISECT_HOLDS, BISECT_CANNOT,
		BISECT_UNTRIED, BISECT_UNTRIED, "proof 3 4"},
	{"and when it was not it, all commits are looked at", "g..gb-/", 0, 1, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "widen 3 4"},
	{"of answers out of order the first bad one counts", "g.b.g.b", 0, 0, BISECT_HOLDS,
		BISECT_CANNOT, BISECT_UNTRIED, BISECT_UNTRIED, "test 1"},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct chain chain = chain_of(rows[i].chain);
		struct bisect_facts facts = {.chain = chain.list,
			.count = chain.count,
			.side = rows[i].side,
			.retries = rows[i].retries,
			.ends = rows[i].ends,
			.rebuilt = rows[i].layout,
			.aligned = rows[i].layout == BISECT_CANNOT ? BISECT_CANNOT
								   : rows[i].aligned,
			.revert = rows[i].revert};
		struct bisect_deed deed = bisect_next(&facts);
		char told[80];

		tell(&deed, told);
		if (strcmp(told, rows[i].want))
			fail_msg("%s: %s, expected %s", rows[i].name, told, rows[i].want);
	}
}

static const struct {
	const char *name;
	struct bisect_costs costs;
	int want;
} widths[] = {
	{"a build as dear as a boot: one by one", {5, 5, 10}, 1},
	{"nothing known: one by one", {0, 0, 0}, 1},
	{"cheap builds, dear boots, nothing else: one by one", {1, 5, 0}, 1},
	{"cheap builds in dear sessions: two", {1, 5, 8}, 2},
	{"hardly a build, very dear sessions: three", {0.1, 2, 20}, 3},
};

static void test_width(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		if (bisect_width(&widths[i].costs) != widths[i].want)
			fail_msg("%s: %d", widths[i].name, bisect_width(&widths[i].costs));
}

static void test_several_in_one_go_cut_evenly(void **state)
{
	struct chain chain = chain_of("g...........b");
	struct bisect_facts facts = {.chain = chain.list,
		.count = chain.count,
		.ends = BISECT_HOLDS,
		.costs = {0.1, 2, 20}};
	struct bisect_deed deed = bisect_next(&facts);
	char told[80];

	(void)state;
	tell(&deed, told);
	assert_string_equal(told, "test 3 6 9");
	chain = chain_of("g..b");
	facts.count = chain.count;
	deed = bisect_next(&facts);
	tell(&deed, told);
	assert_string_equal(told, "test 1 2");
}

/* Whatever the answers are, it ends, and never asks for what is known. */
static void test_it_ends(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed < 2000; seed++) {
		struct chain chain = chain_of("g...............m.........o");
		struct bisect_facts facts = {.chain = chain.list,
			.count = chain.count,
			.ends = BISECT_HOLDS,
			.side = 2,
			.costs = {0.1, 2, seed % 3 * 10}};
		unsigned x = seed * 2654435761u;
		int steps = 0;

		for (struct bisect_deed d; !(d = bisect_next(&facts)).is_answer; steps++) {
			assert_true(steps < 60);
			x = x * 1664525u + 1013904223u;
			if (d.kind != BISECT_TEST) {
				chain.list[d.high].proof = BISECT_HOLDS;
				chain.list[d.high].proof_low = d.low;
				chain.list[d.high].parents = 1;
				facts.rebuilt = facts.aligned = facts.revert = BISECT_CANNOT;
			}
			for (size_t i = 0; i < d.count; i++) {
				assert_int_equal(chain.list[d.at[i]].word, BISECT_UNTESTED);
				chain.list[d.at[i]].word = 1 + (x >> 24) % 4;
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_several_in_one_go_cut_evenly),
		cmocka_unit_test(test_it_ends),
	};

	return cmocka_run_group_tests_name("bisect", tests, NULL, NULL);
}
