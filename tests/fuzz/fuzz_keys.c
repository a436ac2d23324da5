/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/plans.h"
#include "config/settings.h"
#include "text/gitref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A plan that parses is complete, and no two of its scenarios have one name. */
static void check_plan(const char *text)
{
	struct err err = ERR_INIT;
	struct plan plan;

	if (plan_parse("fuzz", text, &plan, &err) < 0) {
		if (err.code >= 0 || strncmp(err.text, "fuzz:", 5) != 0)
			abort();
		return;
	}
	if (!plan.name || !plan.modes.count || !plan.scenario_count || !plan.pin ||
		plan.process_limit_s < 1)
		abort();
	for (size_t i = 0; i < plan.scenario_count; i++) {
		const struct scenario *scenario = &plan.scenarios[i];

		if (!scenario->memory || scenario->iterations < 2 || scenario->slots < 1)
			abort();
		for (size_t k = 0; k < i; k++)
			if (strcmp(plan.scenarios[k].name, scenario->name) == 0)
				abort();
	}
	free(plan_canonical(&plan));
	plan_clear(&plan);
}

static void check_settings(const char *text)
{
	struct err err = ERR_INIT;
	struct settings settings;

	if (settings_parse("fuzz", text, &settings, &err) < 0) {
		if (err.code >= 0 || strncmp(err.text, "fuzz:", 5) != 0)
			abort();
		return;
	}
	for (size_t i = 0; i < settings.host_count; i++)
		if (settings_host(&settings, settings.hosts[i].name) != &settings.hosts[i] ||
			strchr(settings.hosts[i].name, '/'))
			abort();
	if (!settings.host_count || !settings.state)
		abort();
	for (size_t i = 0; i < settings.branch_count; i++) {
		const struct branch_spec *branch = &settings.branches[i];

		if (!git_ref_is_pattern(branch->ref) || !branch->paths.count ||
			branch->cap < 1 || branch->interval_s < 10 || !branch->plan ||
			!branch->host || !branch->reference || !branch->baseline_of)
			abort();
		free(branch_baseline_text(branch));
	}
	settings_clear(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);

	check_plan(text);
	check_settings(text);
	return 0;
}
