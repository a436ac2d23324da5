/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/check_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/options.h"
#include "work/fragment.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf check-config [--config FILE] [--plan NAME|FILE]\n"
	"\n"
	"Reads a configuration file, and a plan, exactly as the other commands would, and\n"
	"says what they mean. Without options the built-in settings are shown.\n"
	"\n"
	"  --config FILE     configuration file, see kvmperf.conf(5)\n"
	"  --plan NAME|FILE  a shipped plan or a file, see kvmperf-plan(5)\n";

struct options {
	const char *config, *plan;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"plan", OPTION_TEXT, OPTION(plan), 0, 0, NULL},
};

static const struct option_table table = {
	"kvmperf check-config", help, rows, ARRAY_SIZE(rows), 0};

static void show_branch(const struct branch_spec *branch)
{
	auto_free char *baseline = branch_baseline_text(branch);
	auto_free char *paths = strv_join(&branch->paths, " ");

	printf("  branch %s: %s of %s, looked at every %d s\n", branch->name, branch->ref,
		branch->repository, branch->interval_s);
	printf("    tested: %s%s%s, at most %d a day, against %s, with plan %s\n",
		watch_what_name(branch->what), branch->what == WATCH_PATHS ? " " : "",
		branch->what == WATCH_PATHS ? paths : "", branch->cap, baseline, branch->plan);
	if (branch->kernel_config[0])
		printf("    built with %s\n", branch->kernel_config);
}

/* What a branch names must be there: its plan, and its kernel configuration. */
static int check_branch(
	const struct settings *settings, const struct branch_spec *branch, struct err *err)
{
	struct plan plan = {0};
	auto_free char *text = NULL, *fragment = NULL;
	int r = workspace_plan(branch->plan, &plan, &text, err);

	if (r == 0)
		r = fragment_read(settings, NULL, branch->kernel_config, &fragment, err);
	plan_clear(&plan);
	return r < 0 ? err_note(err, "[branch %s]", branch->name) : 0;
}

/* Where kernels come from; what is not there is told now, not at the first build. */
static void show_kernels(const struct kernel_source *kernel)
{
	const char *missing = NULL;

	if (kernel->prebuilt[0] && access(kernel->prebuilt, X_OK) < 0)
		missing = kernel->prebuilt;
	else if (kernel->config[0] && access(kernel->config, R_OK) < 0)
		missing = kernel->config;
	else if (kernel->base[0] == '/' && access(kernel->base, R_OK) < 0)
		missing = kernel->base;
	printf("  kernels: configured by %s%s%s%s%s\n",
		kernel->config[0] ? kernel->config
		: kernel->base[0] ? "what a real machine needs"
				  : "what is shipped for emulated hosts",
		kernel->base[0] ? ", over the configuration of " : "",
		strcmp(kernel->base, "running") == 0 ? "the kernel that runs here"
						     : kernel->base,
		kernel->prebuilt[0] ? "; asked for first is " : "", kernel->prebuilt);
	if (missing)
		printf("  warning: %s is not there, or may not be used\n", missing);
}

static int show_settings(const char *config, struct err *err)
{
	struct settings settings = {0};
	int r = workspace_settings(config, &settings, err);

	if (r < 0)
		return r;
	printf("%s: good, %zu host%s\n", config ? config : "built-in settings",
		settings.host_count, settings.host_count == 1 ? "" : "s");
	for (size_t i = 0; i < settings.host_count; i++) {
		const struct host_spec *host = &settings.hosts[i];

		printf("  host %s: %s, %s, %d CPUs, %d MB\n", host->name,
			host_driver_name(host->driver), host->cpu, host->cpus, host->memory_mb);
	}
	show_kernels(&settings.kernel);
	for (size_t i = 0; i < settings.branch_count && r == 0; i++) {
		show_branch(&settings.branches[i]);
		r = check_branch(&settings, &settings.branches[i], err);
	}
	if (mail_spec_is_live(&settings.mail))
		printf("  mail: from %s to %s by %s\n", settings.mail.from, settings.mail.to,
			settings.mail.smtp);
	else
		puts("  mail: dry run, nothing is sent ([mail] needs from, smtp and to)");
	settings_clear(&settings);
	return r;
}

static int show_plan(const char *name, struct err *err)
{
	struct plan plan = {0};
	auto_free char *text = NULL;
	int r = workspace_plan(name, &plan, &text, err);

	if (r < 0)
		return r;
	printf("%s: good, plan %s (%s)\n", name, plan.name, plan.hash);
	printf("  %d boots a kernel, %d warm-up and %d measured processes of each\n",
		plan.boots, plan.warmup, plan.processes);
	for (size_t i = 0; i < plan.scenario_count; i++) {
		auto_free char *args = strv_join(&plan.scenarios[i].args, " ");

		printf("  %-12s %s %s\n", plan.scenarios[i].name, plan.test, args);
	}
	for (size_t i = 0; i < plan.modes.count; i++)
		printf("  guest mode   %s\n", plan.modes.items[i]);
	plan_clear(&plan);
	return 0;
}

int cmd_check_config(int argc, char **argv)
{
	struct options o = {NULL, NULL};
	struct err err = ERR_INIT;
	int words, status, r = 0;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (o.config || !o.plan)
		r = show_settings(o.config, &err);
	if (r == 0 && o.plan)
		r = show_plan(o.plan, &err);
	if (r < 0)
		fprintf(stderr, "kvmperf check-config: %s\n", err.text);
	return r < 0;
}
