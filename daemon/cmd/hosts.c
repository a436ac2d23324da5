/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lab/host.h"
#include "phase/checkup.h"
#include "rules/health.h"
#include "store/hosts.h"
#include "store/overviews.h"
#include "store/runs.h"
#include "text/html.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf hosts [OPTION...]\n"
	"       kvmperf hosts check|facts|story NAME\n"
	"       kvmperf hosts quarantine|release NAME --why TEXT\n"
	"\n"
	"The machines that are measured. Without a word: their health, and who has them.\n"
	"\n"
	"  check        bring it to its golden kernel, and see whether it is fit\n"
	"  facts        everything its runner tells of it now\n"
	"  story        its checks, rescues and quarantines\n"
	"  quarantine   no job gets it, until\n"
	"  release      it is back in service\n"
	"\n"
	"  --why TEXT      for the story\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

enum { TEXT_MAX = 2000, FACT_MAX = 64 * 1024 };

struct options {
	const char *config, *state, *why;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"why", OPTION_TEXT, OPTION(why), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf hosts", help, rows, ARRAY_SIZE(rows), -1};

/* What a word works with. */
struct deed {
	struct workspace *workspace;
	const char *name, *why;
};

static int64_t now(void)
{
	return clock_unix_ms(&clock_real);
}

/* ---- the list ---- */

static int list(struct workspace *workspace, struct err *err)
{
	struct overview overview = {0};
	int r = overview_load(workspace->db, 1, 1, &overview, err);

	for (size_t i = 0; r == 0 && i < overview.host_count; i++) {
		const struct overview_host *host = &overview.hosts[i];

		printf("%-16s %-6s %-12s ", host->name, host->driver, host->health);
		if (host->lease_job)
			printf("job %lld", (long long)host->lease_job);
		else
			fputs("free", stdout);
		if (host->reason) {
			fputs("  ", stdout);
			terminal_text(stdout, host->reason, TEXT_MAX);
		}
		putchar('\n');
	}
	for (size_t i = 0; r == 0 && i < workspace->settings.host_count; i++) {
		const struct host_spec *spec = &workspace->settings.hosts[i];
		bool seen = false;

		for (size_t j = 0; j < overview.host_count; j++)
			seen = seen || strcmp(overview.hosts[j].name, spec->name) == 0;
		if (!seen)
			printf("%-16s %-6s never seen; try: kvmperf hosts check %s\n",
				spec->name, host_driver_name(spec->driver), spec->name);
	}
	overview_clear(&overview);
	return r;
}

/* ---- with the machine itself ---- */

/* Takes the configured host, brings it to golden, and does something with it. */
static int with_host(const struct deed *deed,
	int (*act)(struct host *host, void *data, struct err *err), void *data, struct err *err)
{
	const struct host_spec *configured =
		settings_host(&deed->workspace->settings, deed->name);
	auto_free char *folder = mem_printf("%s/hosts/%s", deed->workspace->state, deed->name);
	auto_free char *golden = mem_printf("%s/golden", folder);
	struct host *host = NULL;
	struct host_spec spec;
	int r;

	if (!configured)
		return err_set(err, -ENOENT, "no host \"%.80s\" is configured", deed->name);
	spec = *configured;
	if (host_is_emulated(&spec) && !*spec.golden_image)
		spec.golden_image = golden; /* the first kernel that was built for it */
	r = host_open(&host, &spec, folder, deed->workspace->libdir, err);
	if (r == 0)
		r = act(host, data, err);
	host_close(host);
	return r;
}

static void print_verdict(const char *name, bool fit, const char *text)
{
	printf("%s: %s: ", name, fit ? "fit" : "in quarantine");
	terminal_text(stdout, text, TEXT_MAX);
	putchar('\n');
}

struct checked {
	struct db *db;
	int64_t id;
	bool is_fit;
	char *text;
};

static int check_up(struct host *host, void *data, struct err *err)
{
	struct checked *checked = data;

	return checkup_now(
		checked->db, host, checked->id, now(), &checked->is_fit, &checked->text, err);
}

static int check(const struct deed *deed, struct err *err)
{
	const struct host_spec *spec = settings_host(&deed->workspace->settings, deed->name);
	struct checked checked = {.db = deed->workspace->db};
	auto_free char *text = NULL;
	int r = spec ? host_store(checked.db, spec, &checked.id, err) : 0;

	if (r == 0)
		r = with_host(deed, check_up, &checked, err);
	text = r == 0 ? checked.text : mem_strdup(err->text);
	/* Somebody else has it, we were stopped, or it is our store: that says nothing of it.
	 */
	if (r < 0 && (!spec || health_blame(r) == HEALTH_OURS))
		return r;
	err_clear(err);
	r = checked.is_fit ? 0 : host_quarantine(checked.db, checked.id, text, now(), err);
	if (r == 0)
		print_verdict(deed->name, checked.is_fit, text);
	return r < 0 || checked.is_fit
		       ? r
		       : err_set(err, -EHOSTDOWN,
				 "%s is not fit to be measured; when that is mended: kvmperf "
				 "hosts release %s --why ...",
				 deed->name, deed->name);
}

/* What a machine tells of itself is hostile, too. */
static void print_lines(const char *text)
{
	auto_strv struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		terminal_text(stdout, lines.items[i], FACT_MAX);
		putchar('\n');
	}
}

static int ask_facts(struct host *host, void *data, struct err *err)
{
	return host_facts(host, data, err);
}

static int facts(const struct deed *deed, struct err *err)
{
	auto_free char *text = NULL;
	int r = with_host(deed, ask_facts, &text, err);

	if (r == 0)
		print_lines(text);
	return r;
}

/* ---- in the store alone ---- */

static void print_step(int64_t unix_ms, const char *what, const char *text, void *data)
{
	char stamp[CLOCK_STAMP_BYTES];

	(void)data;
	clock_stamp(unix_ms, stamp);
	printf("%s  %-10s  ", stamp, what);
	terminal_text(stdout, text, TEXT_MAX);
	putchar('\n');
}

static int story(const struct deed *deed, struct err *err)
{
	int64_t id;
	int r = host_find(deed->workspace->db, deed->name, &id, err);

	return r < 0 ? r : host_story(deed->workspace->db, id, print_step, NULL, err);
}

static int steer(const struct deed *deed,
	int (*change)(struct db *db, int64_t host_id, const char *text, int64_t now_unix_ms,
		struct err *err),
	const char *said, struct err *err)
{
	int64_t id;
	int r = host_find(deed->workspace->db, deed->name, &id, err);

	if (r == 0 && !deed->why)
		r = err_set(err, -EINVAL, "say why, with --why TEXT");
	if (r == 0)
		r = change(deed->workspace->db, id, deed->why, now(), err);
	if (r == 0)
		printf("%s %s\n", deed->name, said);
	return r;
}

static int quarantine(const struct deed *deed, struct err *err)
{
	return steer(deed, host_quarantine, "is in quarantine", err);
}

static int release(const struct deed *deed, struct err *err)
{
	return steer(deed, host_release, "is back in service", err);
}

static const struct {
	const char *word;
	int (*run)(const struct deed *deed, struct err *err);
} deeds[] = {
	{"check", check},
	{"facts", facts},
	{"story", story},
	{"quarantine", quarantine},
	{"release", release},
};

static int run(struct workspace *workspace, const struct options *o, char **words, int count,
	struct err *err)
{
	const struct deed deed = {workspace, count == 2 ? words[1] : NULL, o->why};

	if (count == 0)
		return list(workspace, err);
	for (size_t i = 0; count == 2 && i < ARRAY_SIZE(deeds); i++)
		if (strcmp(words[0], deeds[i].word) == 0)
			return deeds[i].run(&deed, err);
	return err_set(err, -EINVAL, "expected a word and the name of a host; see --help");
}

int cmd_hosts(int argc, char **argv)
{
	struct options o = {NULL, NULL, NULL};
	struct workspace workspace = {0};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	r = workspace_open(&workspace, o.config, o.state, &err);
	if (r == 0)
		r = run(&workspace, &o, argv + words, argc - words, &err);
	workspace_close(&workspace);
	if (r < 0)
		fprintf(stderr, "kvmperf hosts: %s\n", err.text);
	return r < 0;
}
