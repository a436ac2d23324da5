/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/doctor.h"

#include <stddef.h>
#include <stdio.h>

#include "base/mem.h"
#include "lab/survey.h"
#include "rules/doctor.h"
#include "text/options.h"

static const char help[] =
	"usage: kvmperf doctor [--for USE] [--root DIR]\n"
	"\n"
	"Looks at the machine it runs on, and says what it is good for: being measured\n"
	"itself, building kernels, emulating a host, driving lab machines. What is missing\n"
	"stands with the way to mend it. Changes nothing.\n"
	"\n"
	"  --for USE   only this use: local, build, emulated or ssh\n"
	"  --root DIR  look at a machine whose proc/, sys/, dev/ and boot/ lie in DIR\n"
	"\n"
	"Exit status: 0 when the use asked for is possible (without --for: any of them is);\n"
	"1 when not; 2 wrong usage.\n";

static const char *const uses[] = {
	"local", "build", "emulated", "ssh", NULL}; /* enum doctor_use */

struct options {
	const char *root;
	int use;
};

static const struct option_row rows[] = {
	{"for", OPTION_CHOICE, offsetof(struct options, use), 0, 0, uses},
	{"root", OPTION_TEXT, offsetof(struct options, root), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf doctor", help, rows, ARRAY_SIZE(rows), 0};

static void show_use(const struct doctor_findings *findings, enum doctor_use use)
{
	printf("%s: %s\n", doctor_use_title(use),
		doctor_allows(findings, use) ? "possible" : "NOT possible");
	for (size_t i = 0; i < findings->count; i++) {
		const struct doctor_finding *finding = &findings->items[i];

		if (finding->use != use)
			continue;
		printf("  %-8s %s\n", doctor_level_word(finding->level), finding->text);
		if (finding->mend)
			printf("           -> %s\n", finding->mend);
	}
}

int cmd_doctor(int argc, char **argv)
{
	struct options o = {.root = "", .use = -1};
	struct machine machine;
	struct doctor_findings findings;
	int words, status;
	bool possible = false;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	survey_machine(o.root, &machine);
	doctor_examine(&machine, &findings);
	printf("%s: %s, kernel %s\n", machine.name, machine.arch, machine.release);
	for (int use = 0; use < DOCTOR_COUNT; use++) {
		if (o.use >= 0 && use != o.use)
			continue;
		show_use(&findings, (enum doctor_use)use);
		possible = possible || doctor_allows(&findings, (enum doctor_use)use);
	}
	doctor_clear(&findings);
	machine_clear(&machine);
	return possible ? 0 : 1;
}
