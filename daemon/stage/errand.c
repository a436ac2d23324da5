/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/errand.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "notice/decision.h"
#include "phase/deliver.h"
#include "phase/prune.h"
#include "phase/watch.h"

static int64_t now_ms(void)
{
	return clock_unix_ms(&clock_real);
}

static int do_watch(const char *argument, const struct workspace *workspace,
	struct progress *progress, struct err *err)
{
	struct watch watch = {
		.db = workspace->db,
		.state = workspace->state,
		.settings = &workspace->settings,
		.progress = progress,
		.now_unix_ms = now_ms(),
		.seed = (uint64_t)now_ms(),
	};
	struct watch_report report;

	return watch_repository(&watch, argument, &report, err);
}

static int do_prune(const char *argument, const struct workspace *workspace,
	struct progress *progress, struct err *err)
{
	(void)argument;
	return prune(workspace->db, workspace->state, &workspace->settings.service, now_ms(),
		progress, NULL, err);
}

static int do_mail(const char *argument, const struct workspace *workspace,
	struct progress *progress, struct err *err)
{
	struct deliver_counts counts;
	int closed = 0, r = decision_close_old(workspace->db, now_ms(), &closed, err);

	(void)argument;
	if (r == 0)
		r = deliver_due(workspace->db, &workspace->settings, workspace->state,
			&clock_real, &counts, err);
	if (r == 0 && closed)
		progress_note(progress, "events: %d closed", closed);
	if (r == 0)
		progress_note(progress, "mail: %d sent, %d to be tried again, %d parked",
			counts.sent, counts.later, counts.parked);
	/* an error, so that the journal is told: with no mail going out nothing else would */
	if (r == 0 && counts.trouble[0])
		r = err_set(err, -EAGAIN, "%d to be tried again, %d parked: %s", counts.later,
			counts.parked, counts.trouble);
	return r;
}

static const struct {
	const char *name;
	int (*run)(const char *argument, const struct workspace *workspace,
		struct progress *progress, struct err *err);
} errands[] = {
	{"watch", do_watch},
	{"prune", do_prune},
	{"mail", do_mail},
};

bool errand_exists(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errands); i++)
		if (strcmp(errands[i].name, name) == 0)
			return true;
	return false;
}

int errand_run(const char *name, const char *argument, const struct workspace *workspace,
	struct progress *progress, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(errands); i++)
		if (strcmp(errands[i].name, name) == 0)
			return errands[i].run(argument, workspace, progress, err);
	return err_set(err, -ENOENT, "there is no errand \"%.40s\"", name);
}
