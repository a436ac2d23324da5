/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kvmperf: the command line. Each command is one file of cmd/. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "cmd/bisect.h"
#include "cmd/changepoints.h"
#include "cmd/check_config.h"
#include "cmd/compare.h"
#include "cmd/decide.h"
#include "cmd/demo.h"
#include "cmd/doctor.h"
#include "cmd/event.h"
#include "cmd/events.h"
#include "cmd/hosts.h"
#include "cmd/init.h"
#include "cmd/judge.h"
#include "cmd/log.h"
#include "cmd/mail.h"
#include "cmd/noise.h"
#include "cmd/publish.h"
#include "cmd/run.h"
#include "cmd/series.h"
#include "cmd/simulate.h"
#include "cmd/status.h"
#include "cmd/steer.h"
#include "cmd/watch.h"
#include "cmd/why.h"

/* Each gets the words from its own name on and returns the exit status. */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *does;
} commands[] = {
	{"demo", cmd_demo, "the main job on the emulated host, from kernel source to pages"},
	{"run", cmd_run, "build two commits, boot them in turns, measure and compare"},
	{"bisect", cmd_bisect, "find the commit that made a kernel slower, and prove it"},
	{"hosts", cmd_hosts, "the machines that are measured: health, check, quarantine"},
	{"status", cmd_status, "what runs where, what waits, the last verdicts"},
	{"why", cmd_why, "the story of a job in plain words"},
	{"log", cmd_log, "what the phases of a job have written"},
	{"retry", cmd_retry, "begin an ended job anew"},
	{"cancel", cmd_cancel, "end a job"},
	{"pause", cmd_pause, "let a job, or the whole service, begin nothing new"},
	{"resume", cmd_resume, "take a pause back"},
	{"series", cmd_series, "apply a posted series and measure it"},
	{"compare", cmd_compare, "print a stored comparison"},
	{"watch", cmd_watch, "fetch the watched branches and queue what is new"},
	{"events", cmd_events, "list the changes that people were or will be told of"},
	{"event", cmd_event, "show one event"},
	{"ack", cmd_decide, "say that you look after an event"},
	{"invalid", cmd_decide, "say that an event is a false alarm"},
	{"wontfix", cmd_decide, "say that an event stays as it is"},
	{"reopen", cmd_decide, "take such a word back"},
	{"mail", cmd_mail, "look at the outbox, try it, send what is due"},
	{"publish", cmd_publish, "write the pages from the store"},
	{"init", cmd_init, "write a commented configuration for this machine"},
	{"noise", cmd_noise, "what a host varies by, and the smallest change it can see"},
	{"check-config", cmd_check_config, "check a configuration file and plans"},
	{"doctor", cmd_doctor,
		"what this machine is good for, and how to mend what is missing"},
	{"judge", cmd_judge, "compare two CSV files of measurements"},
	{"simulate", cmd_simulate, "try the judging rules on boots that are made up"},
	{"changepoints", cmd_changepoints, "find the changes in a CSV file of history"},
};

static void usage(FILE *out)
{
	fputs("usage: kvmperf COMMAND [OPTION...]\n\n"
	      "Performance regression service for KVM/arm64.\n\n",
		out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-13s %s\n", commands[i].name, commands[i].does);
	fputs("\nkvmperf COMMAND --help tells the options of one; see kvmperf(1).\n", out);
}

int main(int argc, char **argv)
{
	stop_install();
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("kvmperf " KVMPERF_VERSION);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "kvmperf: there is no command \"%.60s\"; see kvmperf --help\n",
		argv[1]);
	return 2;
}
