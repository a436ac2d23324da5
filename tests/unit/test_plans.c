/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/plans.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

static const char *const modes[] = {
	"PA-bits:40, VA-bits:48, 4K pages",
	"PA-bits:40, VA-bits:48, 64K pages",
	"PA-bits:36, VA-bits:48, 4K pages",
	"PA-bits:36, VA-bits:48, 64K pages",
};

/* The command lines of the cover letter, in the order of its tables. */
static const struct {
	const char *name, *args;
	bool manual_protect, thp, hugetlb;
} reference[] = {
	{"g-4k", "-g -b 16G", false, false, false},
	{"g-thp", "-g -b 16G -s anonymous_thp", false, true, false},
	{"g-hugetlb", "-g -b 16G -s shared_hugetlb", false, false, true},
	{"4k", "-b 16G", true, false, false},
	{"thp", "-b 16G -s anonymous_thp", true, true, false},
	{"hugetlb", "-b 16G -s shared_hugetlb", true, false, true},
};

static void the_shipped_plan_is_the_reference_experiment(void **state)
{
	struct err err = ERR_INIT;
	struct plan plan;

	(void)state;
	assert_int_equal(plan_parse("dirty-log", plan_shipped("dirty-log"), &plan, &err), 0);
	assert_string_equal(plan.name, "dirty-log");
	assert_string_equal(plan.test, "kvm/dirty_log_perf_test");
	assert_int_equal(plan.scenario_count, ARRAY_SIZE(reference));
	for (size_t i = 0; i < plan.scenario_count; i++) {
		const struct scenario *s = &plan.scenarios[i];
		auto_free char *args = strv_join(&s->args, " ");

		assert_string_equal(s->name, reference[i].name);
		assert_string_equal(args, reference[i].args);
		assert_int_equal(s->manual_protect, reference[i].manual_protect);
		assert_int_equal(s->wants_thp, reference[i].thp);
		assert_int_equal(s->wants_hugetlb, reference[i].hugetlb);
		assert_int_equal(s->iterations, 2);
		assert_int_equal(s->slots, 1);
	}
	assert_int_equal(plan.modes.count, ARRAY_SIZE(modes));
	for (size_t i = 0; i < plan.modes.count; i++)
		assert_string_equal(plan.modes.items[i], modes[i]);
	plan_clear(&plan);
}

static void every_shipped_plan_parses(void **state)
{
	auto_free char *names = plan_shipped_names();
	auto_strv struct strv list = STRV_INIT;

	(void)state;
	strv_split(&list, names, ", ");
	assert_int_equal(list.count, 2);
	for (size_t i = 0; i < list.count; i++) {
		struct err err = ERR_INIT;
		struct plan plan;

		if (plan_parse(list.items[i], plan_shipped(list.items[i]), &plan, &err) < 0)
			fail_msg("%s", err.text);
		assert_string_equal(plan.name, list.items[i]);
		plan_clear(&plan);
	}
	assert_null(plan_shipped("no-such"));
	assert_null(plan_shipped("../README"));
}

#define PLAN	 "[plan]\nname = p\nmodes = 40/48/4K\n"
#define SCENARIO "[scenario a]\nmemory = 4K\nargs = -g\n"

/* One bad thing each. */
static const struct {
	const char *name, *text, *want;
} bad[] = {
	{"nothing at all", "", "f: there is no [plan] section"},
	{"no plan", SCENARIO, "f: there is no [plan] section"},
	{"no scenario", PLAN, "f: there is no [scenario NAME] section"},
	{"an empty scenario", PLAN "[scenario a]\n", "f:4: [scenario a] has no \"memory\""},
	{"a scenario without a name", PLAN "[scenario]\nmemory = x\nargs =\n",
		"f:4: [scenario ]: a scenario needs a name of a-z, 0-9 and -"},
	{"a scenario with a path for a name", PLAN "[scenario ../x]\nmemory = x\nargs =\n",
		"f:4: [scenario ../x]: a scenario needs a name of a-z, 0-9 and -"},
	{"a scenario with the negative control's name",
		PLAN "[scenario control]\nmemory = x\nargs =\n",
		"f: scenario control: the name is that of the negative control, which every "
		"boot runs; "
		"choose another"},
	{"a plan with its name in the header", "[plan p]\nmodes = 40/48/4K\n" SCENARIO,
		"f:1: [plan p]: the plan's name is a key in [plan]"},
	{"a mode that is none", "[plan]\nname = p\nmodes = 40/48/4K 4K\n" SCENARIO,
		"f: modes: \"4K\" is not a guest mode such as 40/48/4K (PA bits, VA bits, "
		"guest "
		"page size)"},
	{"a mode with a minus", "[plan]\nname = p\nmodes = -4/48/4K\n" SCENARIO,
		"f: modes: \"-4/48/4K\" is not a guest mode such as 40/48/4K (PA bits, VA "
		"bits, "
		"guest page size)"},
	{"a mode with text behind", "[plan]\nname = p\nmodes = 40/48/4KK\n" SCENARIO,
		"f: modes: \"40/48/4KK\" is not a guest mode such as 40/48/4K (PA bits, VA "
		"bits, guest page size)"},
	{"a mode without a K", "[plan]\nname = p\nmodes = 40/48/4\n" SCENARIO,
		"f: modes: \"40/48/4\" is not a guest mode such as 40/48/4K (PA bits, VA bits, "
		"guest page size)"},
	{"a mode twice", "[plan]\nname = p\nmodes = 40/48/4K 36/48/4K 40/48/4K\n" SCENARIO,
		"f: modes: 40/48/4K is given twice"},
	{"no mode", "[plan]\nname = p\nmodes =\n" SCENARIO,
		"f: modes: expected 1 to 32 guest modes"},
	{"no boots", PLAN "boots = 0\n" SCENARIO,
		"f:4: boots = \"0\": expected a whole number from 1 to 100"},
	{"a pin that is none", PLAN "pin = all\n" SCENARIO,
		"f: pin: expected CPU numbers such as 1,0"},
	{"a pin that ends in a comma", PLAN "pin = 1,\n" SCENARIO,
		"f: pin: expected CPU numbers such as 1,0"},
	{"a pin of a comma", PLAN "pin = ,1\n" SCENARIO,
		"f: pin: expected CPU numbers such as 1,0"},
	{"a limit of nothing", PLAN "boot-limit = 0\n" SCENARIO,
		"f: limits must be from 1 second to a day"},
	{"a limit of two days", PLAN "process-limit = 48h\n" SCENARIO,
		"f: limits must be from 1 second to a day"},
	{"a guest mode among the arguments", PLAN "[scenario a]\nmemory = x\nargs = -g -m 3\n",
		"f: [scenario a]: -m is kvmperf's own: use the plan's modes and pin"},
	{"pinning among the arguments, attached",
		PLAN "[scenario a]\nmemory = x\nargs = -c1,0\n",
		"f: [scenario a]: -c is kvmperf's own: use the plan's modes and pin"},
	{"a value attached to its option", PLAN "[scenario a]\nmemory = x\nargs = -i3\n",
		"f: [scenario a]: \"-i3\": write each option as a word of its own, such as -g "
		"-i 3"},
	{"options in a cluster", PLAN "[scenario a]\nmemory = x\nargs = -gm 3\n",
		"f: [scenario a]: \"-gm\": write each option as a word of its own, such as -g "
		"-i 3"},
	{"the end of options", PLAN "[scenario a]\nmemory = x\nargs = -- -g\n",
		"f: [scenario a]: \"--\": write each option as a word of its own, such as -g "
		"-i "
		"3"},
	{"an option twice", PLAN "[scenario a]\nmemory = x\nargs = -i 3 -g -i 4\n",
		"f: [scenario a]: -i is given twice"},
	{"one iteration", PLAN "[scenario a]\nmemory = x\nargs = -i 1\n",
		"f: [scenario a]: -i wants a number from 2, -x one from 1, both to 1000"},
	{"iterations without a number", PLAN "[scenario a]\nmemory = x\nargs = -i\n",
		"f: [scenario a]: -i wants a number from 2, -x one from 1, both to 1000"},
	{"slots that are no number", PLAN "[scenario a]\nmemory = x\nargs = -x two\n",
		"f: [scenario a]: -i wants a number from 2, -x one from 1, both to 1000"},
	{"a scenario twice", PLAN SCENARIO "[scenario  a]\nmemory = y\n",
		"f:8: memory is given twice in [scenario a]"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct plan plan = {.boots = 77};
		struct err err = ERR_INIT;

		if (plan_parse("f", bad[i].text, &plan, &err) >= 0 ||
			strcmp(err.text, bad[i].want) != 0)
			fail_msg("%s: \"%s\"", bad[i].name, err.text);
		assert_int_equal(plan.boots, 77);
	}
}

static void too_many_scenarios_are_refused(void **state)
{
	auto_str struct str text = STR_INIT;
	struct err err = ERR_INIT;
	struct plan plan;

	(void)state;
	str_add(&text, PLAN);
	for (int i = 0; i < 64; i++)
		str_addf(&text, "[scenario s%d]\nmemory = x\nargs =\n", i);
	assert_int_equal(plan_parse("f", str_text(&text), &plan, &err), 0);
	assert_int_equal(plan.scenario_count, 64);
	plan_clear(&plan);
	str_add(&text, "[scenario last]\n");
	assert_true(plan_parse("f", str_text(&text), &plan, &err) < 0);
	assert_string_equal(err.text, "f:196: more than 64 scenarios");
}

static char *canonical(const char *text)
{
	struct err err = ERR_INIT;
	struct plan plan;
	char *form;

	if (plan_parse("f", text, &plan, &err) < 0)
		fail_msg("%s", err.text);
	form = plan_canonical(&plan);
	plan_clear(&plan);
	return form;
}

static const struct {
	const char *name, *a, *b;
	bool same;
} pairs[] = {
	{"comments, order and limits do not matter", PLAN "boots = 2\nwarmup = 0\n" SCENARIO,
		"# x\n" SCENARIO "[plan]\nwarmup = 0\nboots = 9\nprocess-limit = 1m\n"
		"modes = 40/48/4K\nname = p\n",
		true},
	{"a default is what it says", PLAN SCENARIO, PLAN "processes = 3\n" SCENARIO, true},
	{"processes matter", PLAN SCENARIO, PLAN "processes = 2\n" SCENARIO, false},
	{"warm-up matters", PLAN SCENARIO, PLAN "warmup = 0\n" SCENARIO, false},
	{"the chunk size matters", PLAN SCENARIO, PLAN "chunk = 2M\n" SCENARIO, false},
	{"huge pages matter", PLAN SCENARIO, PLAN "huge-page = 2M\n" SCENARIO, false},
	{"pinning matters", PLAN SCENARIO, PLAN "pin = 1,0\n" SCENARIO, false},
	{"kernel parameters matter", PLAN SCENARIO, PLAN "kernel-parameters = x\n" SCENARIO,
		false},
	{"arguments matter", PLAN SCENARIO, PLAN "[scenario a]\nmemory = 4K\nargs = -g -e\n",
		false},
	{"modes matter", PLAN SCENARIO, "[plan]\nname = p\nmodes = 36/48/4K\n" SCENARIO, false},
};

static void test_canonical(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		auto_free char *a = canonical(pairs[i].a), *b = canonical(pairs[i].b);

		if ((strcmp(a, b) == 0) != pairs[i].same)
			fail_msg("%s:\n%s%s", pairs[i].name, a, b);
	}
}

static void what_follows_from_arguments_is_derived(void **state)
{
	struct err err = ERR_INIT;
	struct plan plan;

	(void)state;
	assert_int_equal(plan_parse("f",
				 PLAN "[scenario a]\nmemory = x\nargs = -i 9 -x 4 -s "
				      "anonymous_hugetlb_1gb\n",
				 &plan, &err),
		0);
	assert_int_equal(plan.scenarios[0].iterations, 9);
	assert_int_equal(plan.scenarios[0].slots, 4);
	assert_true(plan.scenarios[0].wants_hugetlb);
	assert_true(plan.scenarios[0].manual_protect);
	assert_false(plan.scenarios[0].wants_thp);
	plan_clear(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_plan_is_the_reference_experiment),
		cmocka_unit_test(every_shipped_plan_parses),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(too_many_scenarios_are_refused),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(what_follows_from_arguments_is_derived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
