/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/init.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/settings.h"
#include "lab/survey.h"
#include "page/starter.h"
#include "rules/doctor.h"
#include "sys/fs.h"
#include "text/options.h"

static const char help[] =
	"usage: kvmperf init [--output FILE] [--state DIR] [--force] [--root DIR]\n"
	"\n"
	"Looks at the machine it runs on and writes a commented configuration for it: what\n"
	"was found, what is missing and how to mend it, a host that can be measured as\n"
	"things are, and a branch to watch, to be taken into use.\n"
	"\n"
	"  --output FILE  where to (/etc/kvmperf/kvmperf.conf); - is the terminal\n"
	"  --state DIR    where the service is to keep everything (/var/lib/kvmperf)\n"
	"  --force        replace FILE when it is there; what it was becomes FILE.old\n"
	"  --root DIR     look at a machine whose proc/, sys/, dev/ and boot/ lie in DIR\n";

struct options {
	const char *output, *state, *root;
	bool force;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"output", OPTION_TEXT, OPTION(output), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
	{"force", OPTION_FLAG, OPTION(force), 0, 0, NULL},
	{"root", OPTION_TEXT, OPTION(root), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf init", help, rows, ARRAY_SIZE(rows), 0};

/* What is written must be what every command reads. */
static int compose(const struct options *o, const struct machine *machine,
	const struct doctor_findings *findings, char **ret, struct err *err)
{
	struct settings settings = {0};
	size_t bytes;
	FILE *out = open_memstream(ret, &bytes);
	int r;

	if (!out)
		return err_sys(err, -errno, "cannot write into memory");
	starter_write(out, machine, findings, o->state);
	fclose(out);
	r = settings_parse(o->output, *ret, &settings, err);
	if (r == 0)
		settings_clear(&settings);
	return r;
}

static int make_room(const struct options *o, struct err *err)
{
	const char *slash = strrchr(o->output, '/');
	auto_free char *folder = slash && slash > o->output
					 ? mem_strndup(o->output, (size_t)(slash - o->output))
					 : NULL;
	auto_free char *old = mem_printf("%s.old", o->output);

	if (!fs_exists(o->output))
		return folder ? fs_make_folder(folder, err) : 0;
	if (!o->force)
		return err_set(err, -EEXIST,
			"%s is there already; --force replaces it, --output FILE writes "
			"another",
			o->output);
	return fs_copy_atomic(o->output, old, err);
}

static int keep(const struct options *o, const char *text, bool is_local, struct err *err)
{
	int r;

	if (strcmp(o->output, "-") == 0)
		return fputs(text, stdout) < 0 ? err_sys(err, -EIO, "cannot write") : 0;
	r = make_room(o, err);
	if (r == 0)
		r = fs_write_atomic(o->output, text, strlen(text), err);
	if (r == 0)
		printf("%s is written; look at it, then: systemctl enable --now %skvmperfd\n",
			o->output, is_local ? "kvmperf-runner.socket " : "");
	return r;
}

/* What stands in the way, where it is seen at once. */
static void show_missing(const struct doctor_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct doctor_finding *finding = &findings->items[i];

		if (finding->use != DOCTOR_LOCAL || finding->level != DOCTOR_MISSING)
			continue;
		fprintf(stderr, "missing: %s\n", finding->text);
		if (finding->mend)
			fprintf(stderr, "  -> %s\n", finding->mend);
	}
}

int cmd_init(int argc, char **argv)
{
	struct options o = {
		.output = "/etc/kvmperf/kvmperf.conf", .state = "/var/lib/kvmperf", .root = ""};
	struct doctor_findings findings;
	struct machine machine;
	auto_free char *text = NULL;
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	survey_machine(o.root, &machine);
	doctor_examine(&machine, &findings);
	r = compose(&o, &machine, &findings, &text, &err);
	if (r == 0)
		r = keep(&o, text, doctor_allows(&findings, DOCTOR_LOCAL), &err);
	if (r == 0 && !doctor_allows(&findings, DOCTOR_LOCAL))
		show_missing(&findings);
	if (r < 0)
		fprintf(stderr, "kvmperf init: %s\n", err.text);
	doctor_clear(&findings);
	machine_clear(&machine);
	return r < 0;
}
