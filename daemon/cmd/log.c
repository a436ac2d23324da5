/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/jobs.h"
#include "sys/fs.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf log [OPTION...] JOB [PHASE]\n"
	"\n"
	"Prints what the phases of a job have written, or one of them: fetch, build, boot,\n"
	"record, judge or publish. What make said of a kernel is in the build log of the\n"
	"kernel's page.\n"
	"\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

static const char *const phases[] = {"fetch", "build", "boot", "record", "judge", "publish"};

struct options {
	const char *config, *state;
};

static const struct option_row rows[] = {
	{"config", OPTION_TEXT, offsetof(struct options, config), 0, 0, NULL},
	{"state", OPTION_TEXT, offsetof(struct options, state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf log", help, rows, ARRAY_SIZE(rows), -1};

/* Prints a file; what may do something to a terminal does not reach it. */
static int print_file(const char *path, struct err *err)
{
	auto_free char *text = NULL;
	size_t bytes;
	int r = fs_read(path, (size_t)64 << 20, &text, &bytes, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)text[i];

		putchar(c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f) ? c : '?');
	}
	return 0;
}

static int print_logs(
	const struct workspace *workspace, const char *id, const char *phase, struct err *err)
{
	bool found = false;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(phases) && r == 0; i++) {
		auto_free char *path =
			mem_printf("%s/jobs/%s/%s.log", workspace->state, id, phases[i]);

		if ((phase && strcmp(phase, phases[i]) != 0) || !fs_exists(path))
			continue;
		found = true;
		if (!phase)
			printf("==> %s\n", phases[i]);
		r = print_file(path, err);
	}
	if (r == 0 && !found)
		return err_set(err, -ENOENT, "job %s has no log%s%s", id,
			phase ? " of phase " : " yet", phase ? phase : "");
	return r;
}

static int run(const struct options *o, const char *word, const char *phase, struct err *err)
{
	struct workspace workspace = {0};
	struct job job = {0};
	auto_free char *id = NULL;
	int r = workspace_open(&workspace, o->config, o->state, err);

	if (r == 0)
		r = job_load(workspace.db, atoll(word), &job, err);
	id = mem_printf("%lld", (long long)job.id);
	if (r == 0)
		r = print_logs(&workspace, id, phase, err);
	job_clear(&job);
	workspace_close(&workspace);
	return r;
}

int cmd_log(int argc, char **argv)
{
	struct options o = {NULL, NULL};
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (argc - words < 1 || argc - words > 2) {
		fputs("kvmperf log: name a job, and a phase or none; see kvmperf log --help\n",
			stderr);
		return 2;
	}
	if (run(&o, argv[words], argc - words > 1 ? argv[words + 1] : NULL, &err) == 0)
		return 0;
	fprintf(stderr, "kvmperf log: %s\n", err.text);
	return 1;
}
