/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/branch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/gitref.h"
#include "text/giturl.h"

enum { INTERVAL_MIN_S = 10 };

static void set(char **place, char *value)
{
	free(*place);
	*place = value;
}

static int take_repository(struct branch_spec *spec, const char *value, struct err *err)
{
	struct git_url url = {0};
	int r = git_url_parse(value, &url, err);

	if (r == 0)
		set(&spec->repository, mem_strdup(url.text));
	git_url_clear(&url);
	return r;
}

static int take_ref(struct branch_spec *spec, const char *value, struct err *err)
{
	auto_free char *full = git_ref_full(value);

	if (!git_ref_is_pattern(full))
		return err_set(err, -EINVAL,
			"expected a branch, a full ref or a pattern with one *, such as next "
			"or refs/heads/kvm-arm64/*");
	set(&spec->ref, take_ptr(full));
	return 0;
}

static bool is_tag_pattern(const char *text)
{
	auto_free char *full = mem_printf("refs/tags/%s", text);

	return git_ref_is_pattern(full);
}

/* The word in front, and what its operand must be. */
static const struct {
	const char *word;
	enum baseline_kind kind;
	bool (*is_good)(const char *operand); /* NULL: there is none */
} baselines[] = {
	{"parent", BASELINE_PARENT, NULL},
	{"merge-base", BASELINE_MERGE_BASE, NULL},
	{"tag", BASELINE_TAG, is_tag_pattern},
	{"commit", BASELINE_COMMIT, git_ref_is_oid},
};

static bool baseline_set(struct branch_spec *spec, size_t row, const char *operand)
{
	auto_free char *full = git_ref_full(operand);

	spec->baseline = baselines[row].kind;
	set(&spec->baseline_of, mem_strdup(operand));
	if (spec->baseline == BASELINE_PARENT)
		return !*operand;
	if (spec->baseline != BASELINE_MERGE_BASE)
		return baselines[row].is_good(operand);
	if (!git_ref_is_name(full))
		return false;
	set(&spec->baseline_of, take_ptr(full));
	return true;
}

static int take_baseline(struct branch_spec *spec, const char *value, struct err *err)
{
	size_t n = strcspn(value, " \t");
	const char *operand = value + n + strspn(value + n, " \t");

	for (size_t i = 0; i < ARRAY_SIZE(baselines); i++)
		if (strlen(baselines[i].word) == n &&
			strncmp(baselines[i].word, value, n) == 0 &&
			baseline_set(spec, i, operand))
			return 0;
	return err_set(err, -EINVAL,
		"expected parent, merge-base REF, tag PATTERN or commit ID with all its "
		"digits");
}

static int take_paths(struct branch_spec *spec, struct err *err)
{
	for (size_t i = 0; i < spec->paths.count; i++) {
		const char *path = spec->paths.items[i];

		if (path[0] == '/' || path[0] == '!' || path[0] == ':' || strstr(path, ".."))
			return err_set(err, -EINVAL,
				"expected paths within the tree, such as arch/arm64/kvm or "
				"include/kvm*, not \"%.80s\"",
				path);
	}
	return spec->paths.count ? 0 : err_set(err, -EINVAL, "expected at least one path");
}

static int take_path(const char *value, struct err *err)
{
	bool is_credential = text_starts(value, "credential:");

	return !*value || *value == '/' || is_credential
		       ? 0
		       : err_set(err, -EINVAL, "expected an absolute path");
}

static const char *const path_keys[] = {
	"reference", "kernel-config", "password-file", "ca-file", "ssh-config"};

int branch_spec_take(
	struct branch_spec *spec, const char *key, const char *value, struct err *err)
{
	if (strcmp(key, "repository") == 0)
		return take_repository(spec, value, err);
	if (strcmp(key, "ref") == 0)
		return take_ref(spec, value, err);
	if (strcmp(key, "baseline") == 0)
		return take_baseline(spec, value, err);
	if (strcmp(key, "paths") == 0)
		return take_paths(spec, err);
	for (size_t i = 0; i < ARRAY_SIZE(path_keys); i++)
		if (strcmp(key, path_keys[i]) == 0)
			return take_path(value, err);
	if (strcmp(key, "interval") == 0 && spec->interval_s < INTERVAL_MIN_S)
		return err_set(err, -EINVAL, "expected at least %d seconds", INTERVAL_MIN_S);
	return 0;
}

bool branch_has_access(const struct branch_spec *spec)
{
	const struct branch_access *access = &spec->access;

	return access->user[0] || access->ca_file[0] || access->ssh_config[0];
}

void branch_spec_clear(struct branch_spec *spec)
{
	free(spec->name);
	free(spec->repository);
	free(spec->ref);
	free(spec->baseline_of);
	strv_clear(&spec->paths);
	free(spec->plan);
	free(spec->kernel_config);
	free(spec->host);
	free(spec->reference);
	free(spec->access.user);
	free(spec->access.password_file);
	free(spec->access.ca_file);
	free(spec->access.ssh_config);
	memset(spec, 0, sizeof(*spec));
}

char *branch_baseline_text(const struct branch_spec *spec)
{
	const char *word = "?";

	for (size_t i = 0; i < ARRAY_SIZE(baselines); i++)
		if (baselines[i].kind == spec->baseline)
			word = baselines[i].word;
	return spec->baseline == BASELINE_PARENT
		       ? mem_strdup(word)
		       : mem_printf("%s %s", word, git_ref_short(spec->baseline_of));
}

const char *watch_what_name(enum watch_what what)
{
	switch (what) {
	case WATCH_TIP:
		return "tip";
	case WATCH_MERGES:
		return "merges";
	case WATCH_PATHS:
		return "paths";
	}
	return "?";
}
