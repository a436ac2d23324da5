/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/trial.h"

#include <stdlib.h>
#include <string.h>

const char *ioctl_kind_name(enum ioctl_kind kind)
{
	static const char *const names[IOCTL_KIND_COUNT] = {
		"enable", "disable", "get", "clear", "control"};

	return names[kind];
}

void boot_report_clear(struct boot_report *report)
{
	free(report->reason);
	free(report->boot_id);
	free(report->release);
	free(report->build_id);
	free(report->cmdline);
	free(report->kvm_mode);
	free(report->facts);
	free(report->dmesg);
	free(report->console);
	memset(report, 0, sizeof(*report));
}

void departure_clear(struct departure *departure)
{
	free(departure->cmdline);
	free(departure->old_boot_id);
	free(departure->golden_release);
	memset(departure, 0, sizeof(*departure));
}

void process_report_clear(struct process_report *report)
{
	free(report->reason);
	free(report->command);
	free(report->output);
	free(report->errors);
	free(report->calls);
	memset(report, 0, sizeof(*report));
}
