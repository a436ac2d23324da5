/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/workspace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/plans.h"
#include "io/hash.h"
#include "store/schema.h"
#include "sys/fs.h"
#include "sys/proc.h"

enum { CONFIG_LIMIT_BYTES = 1 << 20 };

static char *default_state(void)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (base && base[0] == '/')
		return mem_printf("%s/kvmperf", base);
	return mem_printf("%s/.local/state/kvmperf", home ? home : "");
}

/* Installed, or as it lies in the build folder; the environment wins, for tests. */
static char *find_libdir(void)
{
	const char *given = getenv(PROC_LIBDIR);

	return mem_strdup(given ? given : KVMPERF_LIBDIR);
}

/* A text file; one with a NUL byte is refused, because what follows it would be lost. */
static int read_text(const char *path, char **ret, struct err *err)
{
	auto_free char *text = NULL;
	size_t bytes;
	int line = 1, r = fs_read(path, CONFIG_LIMIT_BYTES, &text, &bytes, err);

	if (r < 0)
		return r;
	if (strlen(text) < bytes) {
		for (const char *p = text; *p; p++)
			line += *p == '\n';
		return err_set(err, -EINVAL, "%s:%d: a NUL byte in a text file", path, line);
	}
	*ret = take_ptr(text);
	return 0;
}

int workspace_settings(const char *config, struct settings *ret, struct err *err)
{
	auto_free char *text = NULL;
	int r;

	if (!config)
		return settings_parse("built-in settings", settings_builtin(), ret, err);
	r = read_text(config, &text, err);
	return r < 0 ? r : settings_parse(config, text, ret, err);
}

static int open_state(struct workspace *workspace, const char *state, struct err *err)
{
	auto_free char *wanted = NULL, *path = NULL;
	int r;

	if (!state && workspace->settings.state[0])
		state = workspace->settings.state;
	wanted = state ? mem_strdup(state) : default_state();
	r = fs_make_folder(wanted, err);
	if (r == 0)
		r = fs_absolute(wanted, &workspace->state, err);
	if (r < 0)
		return r;
	workspace->site = mem_printf("%s/site", workspace->state);
	path = mem_printf("%s/kvmperf.db", workspace->state);
	r = db_open(path, true, &workspace->db, err);
	return r < 0 ? r : schema_apply(workspace->db, path, err);
}

int workspace_open(
	struct workspace *ret, const char *config, const char *state, struct err *err)
{
	struct workspace workspace = {0};
	int r = workspace_settings(config, &workspace.settings, err);

	if (r < 0)
		return r;
	workspace.libdir = find_libdir();
	r = open_state(&workspace, state, err);
	if (r < 0) {
		workspace_close(&workspace);
		return r;
	}
	*ret = workspace;
	return 0;
}

void workspace_close(struct workspace *workspace)
{
	settings_clear(&workspace->settings);
	db_close(workspace->db);
	free(workspace->state);
	free(workspace->site);
	free(workspace->libdir);
	memset(workspace, 0, sizeof(*workspace));
}

static void hash_plan(struct plan *plan)
{
	auto_free char *canonical = plan_canonical(plan);
	char hex[HASH_HEX_BYTES];

	hash_bytes(canonical, strlen(canonical), hex);
	plan->hash = mem_strndup(hex, 12);
}

int workspace_plan(const char *name, struct plan *ret, char **ret_text, struct err *err)
{
	const char *shipped = plan_shipped(name);
	auto_free char *text = NULL;
	int r;

	if (!shipped && !strchr(name, '/') && !fs_exists(name)) {
		auto_free char *names = plan_shipped_names();

		return err_set(err, -ENOENT,
			"there is no plan \"%.80s\": name a file, or one of the shipped plans: "
			"%s",
			name, names);
	}
	if (shipped)
		text = mem_strdup(shipped);
	else if ((r = read_text(name, &text, err)) < 0)
		return r;
	r = plan_parse(name, text, ret, err);
	if (r < 0)
		return r;
	hash_plan(ret);
	*ret_text = take_ptr(text);
	return 0;
}

int workspace_no_host(const char *name, const char *config, struct err *err)
{
	return err_set(err, -ENOENT, "there is no host \"%.80s\" in %s", name,
		config ? config : "the built-in settings: only \"emulated\"");
}
