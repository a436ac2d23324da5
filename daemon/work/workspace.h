/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_WORKSPACE_H
#define WORK_WORKSPACE_H

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"
#include "model/plan.h"

/* What every command needs: the settings, the state folder, the store. */
struct workspace {
	struct settings settings;
	char *state;  /* absolute */
	char *site;   /* state/site */
	char *libdir; /* runner, probe and plugin */
	struct db *db;
};

/*
 * Opens it. config and state are what the command line gave, or NULL: then the
 * built-in settings hold, and the state is the configured one, else
 * $XDG_STATE_HOME/kvmperf or ~/.local/state/kvmperf. Makes what is missing.
 */
int workspace_open(
	struct workspace *ret, const char *config, const char *state, struct err *err);
void workspace_close(struct workspace *workspace);

/* A plan by the name of a shipped one or by the path of a file; the caller frees *ret_text. */
int workspace_plan(const char *name, struct plan *ret, char **ret_text, struct err *err);

/* -ENOENT: no host of this name is in the settings of `config`, which may be NULL. */
int workspace_no_host(const char *name, const char *config, struct err *err);

/* The settings of a file, or the built-in ones for NULL. */
int workspace_settings(const char *config, struct settings *ret, struct err *err);

#endif
