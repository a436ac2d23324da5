/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/prebuilt.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "io/hash.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/proc.h"
#include "sys/tail.h"
#include "text/image.h"
#include "text/kconfig.h"
#include "text/manifest.h"

#define HOOK_LIMIT_MS	 ((int64_t)3 * 3600 * 1000) /* it may build elsewhere */
#define IMAGE_MAX_BYTES	 ((size_t)1 << 30)
#define CONFIG_MAX_BYTES ((size_t)16 << 20)
enum { MANIFEST_MAX_BYTES = 64 * 1024, SAID_MAX_BYTES = 4096, COMMIT_DIGITS = 12 };

static int failed(const char *hook, const struct proc_end *end, const char *log_path,
	int64_t mark, struct err *err)
{
	auto_free char *said = NULL;
	const char *last = "it said nothing";
	char how[100];

	proc_end_text(end, how, sizeof(how));
	tail_read(log_path, mark, SAID_MAX_BYTES, &said, NULL, NULL);
	if (said && *text_trim(said)) {
		char *line = text_trim(said), *before = strrchr(line, '\n');

		last = before ? before + 1 : line;
	}
	return err_set(err, -EIO, "the prebuilt hook %s failed, %s: %.200s", hook, how, last);
}

int prebuilt_ask(const char *hook, const char *commit, const char *test, const char *folder,
	const char *log_path, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int64_t mark = tail_mark(log_path);
	struct proc_end end;
	int r;

	strv_add(&argv, hook);
	strv_add(&argv, commit);
	strv_add(&argv, folder);
	if (test)
		strv_add(&argv, test);
	spec.argv = &argv;
	spec.folder = folder;
	spec.log_path = log_path;
	spec.limit_ms = HOOK_LIMIT_MS;
	r = proc_run(&spec, &end, err);
	if (r < 0)
		return err_note(err, "prebuilt hook");
	if (end.exit_status == PREBUILT_NOT_HERE)
		return 0;
	return end.exit_status == 0 ? 1 : failed(hook, &end, log_path, mark, err);
}

/* ---- proof ---- */

static int read_manifest(
	const char *folder, const char *commit, struct manifest *ret, struct err *err)
{
	auto_free char *path = mem_printf("%s/manifest", folder);
	auto_free char *text = NULL, *mark = mem_printf("-g%.*s", COMMIT_DIGITS, commit);
	size_t bytes;
	int r = fs_read(path, MANIFEST_MAX_BYTES, &text, &bytes, err);

	if (r == 0)
		r = manifest_parse(text, bytes, "manifest", ret, err);
	if (r < 0)
		return r;
	if (strcmp(ret->commit, commit) != 0)
		return err_set(err, -EPROTO, "the kernel is of commit %.12s, expected %.12s",
			ret->commit, commit);
	if (!strstr(ret->release, mark))
		return err_set(err, -EPROTO,
			"the release \"%s\" does not carry the commit: expected \"%s\" in it "
			"(build with LOCALVERSION=%s)",
			ret->release, mark, mark);
	return 0;
}

static int prove_config(
	const char *folder, const char *fragment_text, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/config", folder);
	const char *asked = kconfig_asked(fragment_text);
	auto_free char *text = NULL, *sentence = NULL, *identity = NULL;
	auto_kconfig struct kconfig fragment = KCONFIG_INIT, config = KCONFIG_INIT;
	char hash[HASH_HEX_BYTES];
	size_t bytes;
	int r = fs_read(path, CONFIG_MAX_BYTES, &text, &bytes, err);

	if (r == 0)
		r = kconfig_parse(text, bytes, "config", &config, err);
	if (r == 0)
		r = kconfig_parse(
			asked, strlen(asked), "configuration fragment", &fragment, err);
	if (r < 0)
		return r;
	if (!kconfig_holds(&config, &fragment, &sentence))
		return err_set(err, -EPROTO, "its configuration is not what was asked for: %s",
			sentence);
	identity = kconfig_identity(&config);
	hash_bytes(identity, strlen(identity), hash);
	kernel->config_hash = mem_strndup(hash, COMMIT_DIGITS);
	return 0;
}

static int prove_image(const char *folder, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/image", folder);
	auto_free char *image = NULL;
	char hash[HASH_HEX_BYTES];
	const char *wrong;
	size_t bytes;
	int r = fs_read(path, IMAGE_MAX_BYTES, &image, &bytes, err);

	if (r < 0)
		return r;
	wrong = image_flaw(image, bytes, kernel->release, kernel->build_id);
	if (wrong)
		return err_set(err, -EPROTO, "image: %s", wrong);
	image_blank_names(image, bytes, strstr(kernel->release, "-g"), kernel->build_id);
	hash_bytes(image, bytes, hash);
	kernel->image_hash = mem_strdup(hash);
	return 0;
}

int prebuilt_prove(const char *folder, const char *commit, const char *fragment,
	struct kernel *ret, struct err *err)
{
	auto_manifest struct manifest manifest = {0};
	int r = read_manifest(folder, commit, &manifest, err);

	if (r < 0)
		return r;
	ret->release = take_ptr(manifest.release);
	ret->build_id = take_ptr(manifest.build_id);
	ret->toolchain = take_ptr(manifest.toolchain);
	ret->prebuilt = true;
	r = prove_config(folder, fragment, ret, err);
	return r < 0 ? r : prove_image(folder, ret, err);
}
