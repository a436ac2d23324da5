/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/plans.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "model/trial.h"
#include "string/str.h"
#include "text/keys.h"

enum { SCENARIOS_MAX = 64, MODES_MAX = 32, DAY_S = 24 * 3600 };

#define PLAN(field)	offsetof(struct plan, field)
#define SCENARIO(field) offsetof(struct scenario, field)

static const struct key keys[] = {
	{"plan", "name", KEY_TEXT, PLAN(name), NULL, 0, 0, NULL},
	{"plan", "test", KEY_TEXT, PLAN(test), "kvm/dirty_log_perf_test", 0, 0, NULL},
	{"plan", "modes", KEY_WORDS, PLAN(modes), NULL, 0, 0, NULL},
	{"plan", "boots", KEY_INT, PLAN(boots), "3", 1, 100, NULL},
	{"plan", "processes", KEY_INT, PLAN(processes), "3", 1, 100, NULL},
	{"plan", "warmup", KEY_INT, PLAN(warmup), "1", 0, 10, NULL},
	{"plan", "chunk", KEY_SIZE, PLAN(chunk_bytes), "0", 0, 0, NULL},
	{"plan", "huge-page", KEY_SIZE, PLAN(huge_page_bytes), "0", 0, 0, NULL},
	{"plan", "huge-pages", KEY_INT, PLAN(huge_pages), "0", 0, 1 << 20, NULL},
	{"plan", "pin", KEY_TEXT, PLAN(pin), "", 0, 0, NULL},
	{"plan", "kernel-parameters", KEY_TEXT, PLAN(cmdline), "", 0, 0, NULL},
	{"plan", "process-limit", KEY_DURATION, PLAN(process_limit_s), "10m", 0, 0, NULL},
	{"plan", "boot-limit", KEY_DURATION, PLAN(boot_limit_s), "5m", 0, 0, NULL},
	{"scenario", "memory", KEY_TEXT, SCENARIO(memory), NULL, 0, 0, NULL},
	{"scenario", "args", KEY_WORDS, SCENARIO(args), NULL, 0, 0, NULL},
};

static void *open_section(void *data, const char *section, const char *name, struct err *err)
{
	struct plan *plan = data;
	struct scenario *scenario;

	if (strcmp(section, "plan") == 0) {
		if (name)
			err_set(err, -EINVAL, "[plan %s]: the plan's name is a key in [plan]",
				name);
		return name ? NULL : plan;
	}
	if (!name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name)) {
		err_set(err, -EINVAL,
			"[scenario %s]: a scenario needs a name of a-z, 0-9 and -",
			name ? name : "");
		return NULL;
	}
	if (plan->scenario_count == SCENARIOS_MAX) {
		err_set(err, -E2BIG, "more than %d scenarios", SCENARIOS_MAX);
		return NULL;
	}
	/* Allocated to the limit at once: the table writes through this pointer later. */
	if (!plan->scenarios)
		plan->scenarios = MEM_NEW(struct scenario, SCENARIOS_MAX);
	scenario = &plan->scenarios[plan->scenario_count++];
	scenario->name = mem_strdup(name);
	return scenario;
}

/* "40/48/4K" becomes "PA-bits:40, VA-bits:48, 4K pages". */
static int expand_mode(const char *file, const char *mode, struct strv *full, struct err *err)
{
	char pa[3], va[3], granule[3];
	int used = 0;

	if (sscanf(mode, "%2[0-9]/%2[0-9]/%2[0-9]K%n", pa, va, granule, &used) != 3 || !used ||
		mode[used])
		return err_set(err, -EINVAL,
			"%s: modes: \"%.40s\" is not a guest mode such as 40/48/4K (PA bits, "
			"VA "
			"bits, guest page size)",
			file, mode);
	strv_addf(full, "PA-bits:%s, VA-bits:%s, %sK pages", pa, va, granule);
	for (size_t i = 0; i + 1 < full->count; i++)
		if (strcmp(full->items[i], full->items[full->count - 1]) == 0)
			return err_set(
				err, -EINVAL, "%s: modes: %s is given twice", file, mode);
	return 0;
}

static int expand_modes(const char *file, struct plan *plan, struct err *err)
{
	struct strv full = STRV_INIT;
	int r = 0;

	for (size_t i = 0; i < plan->modes.count && r == 0; i++)
		r = expand_mode(file, plan->modes.items[i], &full, err);
	strv_clear(&plan->modes);
	plan->modes = full;
	if (r == 0 && (full.count == 0 || full.count > MODES_MAX))
		r = err_set(err, -EINVAL, "%s: modes: expected 1 to %d guest modes", file,
			MODES_MAX);
	return r;
}

/* Whole-number value of an option such as "-i 3", fallback when it is absent, -1 when bad. */
static int option_number(const struct strv *args, const char *option, int fallback)
{
	for (size_t i = 0; i < args->count; i++) {
		char *end;
		long n;

		if (strcmp(args->items[i], option))
			continue;
		if (i + 1 == args->count)
			return -1;
		n = strtol(args->items[i + 1], &end, 10);
		return *end || n < 1 || n > 1000 ? -1 : (int)n;
	}
	return fallback;
}

static bool has_word(const struct strv *args, const char *word)
{
	for (size_t i = 0; i < args->count; i++)
		if (strcmp(args->items[i], word) == 0)
			return true;
	return false;
}

static const char *backing_source(const struct strv *args)
{
	for (size_t i = 0; i + 1 < args->count; i++)
		if (strcmp(args->items[i], "-s") == 0)
			return args->items[i + 1];
	return "anonymous";
}

/*
 * What is derived needs options as words of their own, each once: "-i3" or
 * "-gi 3" would be understood by the test and not by us.
 */
static int check_args(const char *file, const struct scenario *scenario, struct err *err)
{
	const struct strv *args = &scenario->args;

	for (size_t i = 0; i < args->count; i++) {
		const char *word = args->items[i];

		if (word[0] != '-')
			continue;
		if (word[1] && strchr("mch", word[1]))
			return err_set(err, -EINVAL,
				"%s: [scenario %s]: -%c is kvmperf's own: use the plan's modes "
				"and pin",
				file, scenario->name, word[1]);
		if (!word[1] || word[1] == '-' || word[2])
			return err_set(err, -EINVAL,
				"%s: [scenario %s]: \"%.40s\": write each option as a word of "
				"its own, such as -g -i 3",
				file, scenario->name, word);
		for (size_t k = 0; k < i; k++)
			if (strcmp(args->items[k], word) == 0)
				return err_set(err, -EINVAL,
					"%s: [scenario %s]: %s is given twice", file,
					scenario->name, word);
	}
	return 0;
}

static int derive(const char *file, struct scenario *scenario, struct err *err)
{
	const char *source = backing_source(&scenario->args);
	int r = check_args(file, scenario, err);

	if (r < 0)
		return r;
	scenario->manual_protect = !has_word(&scenario->args, "-g");
	scenario->wants_thp = strcmp(source, "anonymous_thp") == 0;
	scenario->wants_hugetlb = strstr(source, "hugetlb") != NULL;
	scenario->iterations = option_number(&scenario->args, "-i", 2);
	scenario->slots = option_number(&scenario->args, "-x", 1);
	if (scenario->iterations < 2 || scenario->slots < 1)
		return err_set(err, -EINVAL,
			"%s: [scenario %s]: -i wants a number from 2, -x one from 1, both to "
			"1000",
			file, scenario->name);
	return 0;
}

/* "1,0", or "" */
static bool is_cpu_list(const char *text)
{
	while (*text) {
		size_t n = strspn(text, "0123456789");

		if (!n || n > 4 || (text[n] == ',' && !text[n + 1]))
			return false;
		text += n;
		if (*text && *text++ != ',')
			return false;
	}
	return true;
}

static int complete(const char *file, struct plan *plan, struct err *err)
{
	int r;

	if (!plan->name)
		return err_set(err, -EINVAL, "%s: there is no [plan] section", file);
	if (plan->scenario_count == 0)
		return err_set(err, -EINVAL, "%s: there is no [scenario NAME] section", file);
	for (size_t i = 0; i < plan->scenario_count; i++)
		if (strcmp(plan->scenarios[i].name, CONTROL_SCENARIO) == 0)
			return err_set(err, -EINVAL,
				"%s: scenario " CONTROL_SCENARIO
				": the name is that of the "
				"negative control, which every boot runs; choose another",
				file);
	if (!is_cpu_list(plan->pin))
		return err_set(err, -EINVAL, "%s: pin: expected CPU numbers such as 1,0", file);
	if (!plan->process_limit_s || !plan->boot_limit_s || plan->process_limit_s > DAY_S ||
		plan->boot_limit_s > DAY_S)
		return err_set(err, -EINVAL, "%s: limits must be from 1 second to a day", file);
	r = expand_modes(file, plan, err);
	for (size_t i = 0; i < plan->scenario_count && r == 0; i++)
		r = derive(file, &plan->scenarios[i], err);
	return r;
}

int plan_parse(const char *file, const char *text, struct plan *ret, struct err *err)
{
	struct plan plan = {0};
	struct key_table table = {keys, ARRAY_SIZE(keys), open_section, &plan, NULL};
	int r = keys_read(&table, file, text, err);

	if (r == 0)
		r = complete(file, &plan, err);
	if (r < 0) {
		plan_clear(&plan);
		return r;
	}
	*ret = plan;
	return 0;
}

char *plan_canonical(const struct plan *plan)
{
	auto_free char *modes = strv_join(&plan->modes, "; ");
	struct str text = STR_INIT;

	str_addf(&text, "plan %s\ntest %s\nmodes %s\n", plan->name, plan->test, modes);
	str_addf(&text, "processes %d warmup %d\n", plan->processes, plan->warmup);
	str_addf(&text, "chunk %lld huge-page %lld x %d\n", (long long)plan->chunk_bytes,
		(long long)plan->huge_page_bytes, plan->huge_pages);
	str_addf(&text, "pin %s\nparameters %s\n", plan->pin, plan->cmdline);
	for (size_t i = 0; i < plan->scenario_count; i++) {
		auto_free char *args = strv_join(&plan->scenarios[i].args, " ");

		str_addf(&text, "scenario %s memory %s args %s\n", plan->scenarios[i].name,
			plan->scenarios[i].memory, args);
	}
	return str_take(&text);
}

const char *plan_shipped(const char *name)
{
	auto_free char *file = mem_printf("plans/%s.plan", name);

	return builtin_text(file);
}

char *plan_shipped_names(void)
{
	struct str names = STR_INIT;

	for (size_t i = 0; i < builtin_count; i++) {
		const char *file = builtin_table[i].name;

		if (!text_starts(file, "plans/") || !text_ends(file, ".plan"))
			continue;
		str_addf(&names, "%s%.*s", names.length ? ", " : "",
			(int)(strlen(file) - strlen("plans/.plan")), file + strlen("plans/"));
	}
	return str_take(&names);
}
