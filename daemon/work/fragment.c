/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/fragment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "io/zip.h"
#include "lab/survey.h"
#include "sys/fs.h"
#include "text/kconfig.h"

#define BASE_LIMIT_BYTES ((size_t)16 << 20)
enum { FRAGMENT_LIMIT_BYTES = 1 << 20 };

static int read_file(const char *path, char **ret, struct err *err)
{
	auto_free char *raw = NULL;
	size_t bytes;
	int r = fs_read(path, BASE_LIMIT_BYTES, &raw, &bytes, err);

	if (r < 0)
		return r;
	if (bytes > 2 && memcmp(raw, "\x1f\x8b", 2) == 0) {
		r = zip_gunzip(raw, bytes, BASE_LIMIT_BYTES, ret, &bytes, err);
		return r < 0 ? err_note(err, "%s", path) : 0;
	}
	*ret = take_ptr(raw);
	return 0;
}

static int read_running(const char *state, char **ret, struct err *err)
{
	auto_free char *kept = NULL, *text = NULL;
	struct utsname here;
	size_t bytes;
	int r;

	if (!state) {
		*ret = mem_strdup("");
		return 0;
	}
	kept = mem_printf("%s/running.config", state);
	if (uname(&here) < 0)
		return err_sys(err, -errno, "cannot tell what runs here");
	if (strcmp(here.machine, "aarch64") != 0)
		return err_set(err, -EINVAL,
			"the kernel that runs here is one for %s: name a file with an arm64 "
			"configuration as base",
			here.machine);
	if (survey_is_test_kernel())
		return read_file(kept, ret, err);
	text = survey_config("", here.release, &bytes);
	if (!text)
		return err_set(err, -ENOENT,
			"the running kernel's configuration is neither in /proc/config.gz nor "
			"in /boot/config-%s: name a file as kvmperf-base",
			here.release);
	r = fs_write_atomic(kept, text, bytes, err);
	if (r == 0)
		*ret = take_ptr(text);
	return r;
}

/* What is asked for must not be the opposite of what is needed. */
static int check(const char *path, const char *asked, const char *needed, struct err *err)
{
	auto_kconfig struct kconfig ours = KCONFIG_INIT, theirs = KCONFIG_INIT;
	auto_free char *sentence = NULL;
	int r = kconfig_parse(needed, strlen(needed), "plans/host.config", &ours, err);

	if (r == 0)
		r = kconfig_parse(asked, strlen(asked), path, &theirs, err);
	if (r < 0)
		return r;
	return kconfig_clashes(&theirs, &ours, &sentence)
		       ? err_set(err, -EINVAL, "%s: %s and wins: take the line out", path,
				 sentence)
		       : 0;
}

static int lay_over(const char *state, const char *path, const char *base_name,
	const char *asked, char **ret, struct err *err)
{
	const char *needed = builtin_text("plans/host.config");
	auto_kconfig struct kconfig config = KCONFIG_INIT;
	auto_free char *base = NULL;
	int r = check(path, asked, needed, err);

	if (r == 0)
		r = strcmp(base_name, "running") == 0 ? read_running(state, &base, err)
						      : read_file(base_name, &base, err);
	if (r == 0)
		r = kconfig_parse(base, strlen(base), base_name, &config, err);
	if (r < 0)
		return err_note(err, "the base of %s", path);
	*ret = mem_printf("%s" KCONFIG_ON_TOP "%s%s", base, needed, asked);
	return 0;
}

int fragment_read(const struct settings *settings, const char *state, const char *path,
	char **ret, struct err *err)
{
	bool is_default = !path || !path[0];
	auto_free char *text = NULL, *base = NULL;
	int r = 0;

	if (is_default)
		path = settings->kernel.config;
	if (path[0])
		r = fs_read(path, FRAGMENT_LIMIT_BYTES, &text, NULL, err);
	else
		text = mem_strdup(
			settings->kernel.base[0] ? "" : builtin_text("plans/emulated.config"));
	if (r < 0)
		return r;
	base = kconfig_base(text);
	if (!base && is_default && settings->kernel.base[0])
		base = mem_strdup(settings->kernel.base);
	if (base)
		return lay_over(state, path[0] ? path : "[kernel]", base, text, ret, err);
	*ret = take_ptr(text);
	return 0;
}
