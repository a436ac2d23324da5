/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/gitref.h"
#include "text/giturl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is accepted again in its one spelling, and starts no option and no shell. */
static void check_url(const char *text)
{
	struct git_url url, again;
	struct err err = ERR_INIT;
	auto_strv struct strv argv = STRV_INIT;
	auto_free char *slug = NULL;

	if (git_url_parse(text, &url, &err) < 0) {
		if (err.code >= 0)
			abort();
		return;
	}
	if (url.scheme != GIT_FILE &&
		(git_url_parse(url.text, &again, &err) < 0 || strcmp(url.path, again.path)))
		abort();
	if (url.scheme != GIT_FILE)
		git_url_clear(&again);
	git_url_program(&url, "", &argv);
	if (url.scheme == GIT_SSH) {
		const char *command = argv.items[argv.count - 1];

		if (strcmp(argv.items[argv.count - 3], "--") ||
			strchr(command, '\'') + strlen(url.path) + 1 != strrchr(command, '\''))
			abort();
	}
	slug = git_url_slug(&url);
	if (!*slug || strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(slug))
		abort();
	git_url_clear(&url);
}

/* A pattern is met by what it makes of its star; a name is its own pattern. */
static void check_ref(const char *text)
{
	auto_free char *full = git_ref_full(text), *made = mem_strdup(full);
	char *star = strchr(made, '*');

	if (star)
		*star = '/';
	if (git_ref_is_pattern(full) && !git_ref_matches(full, made))
		abort();
	if (git_ref_is_name(full) &&
		(!git_ref_is_pattern(full) || !git_ref_matches(full, full)))
		abort();
	git_ref_is_oid(git_ref_short(full));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);

	check_url(text);
	check_ref(text);
	return 0;
}
