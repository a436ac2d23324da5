/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "driver/prebuilt.h"
#include "io/hash.h"
#include "string/str.h"
#include "sys/fs.h"
#include "text/buildid.h"
#include "text/image.h"
#include "text/kconfig.h"
#include "text/manifest.h"

enum { RELEASE_MAX_BYTES = 64, COMMIT_DIGITS = 12, CONFIG_DIGITS = 8, HASH_DIGITS = 12 };
#define FILE_LIMIT_BYTES ((size_t)1 << 30)

static int begin(struct builder *builder, const struct kernel_order *order, struct err *err)
{
	const struct builder_order what = {
		.repo = order->repo,
		.commit = order->commit->oid,
		.build_folder = order->build_folder,
		.ccache_folder = order->ccache_folder,
		.private_folder = order->private_folder,
		.jobs = order->jobs,
		.on_progress = order->on_progress,
		.data = order->data,
	};

	int r = builder_open(builder, &what, err);

	if (r == 0 && builder->no_sandbox.code && order->on_open)
		order->on_open(builder->no_sandbox.text, order->data);
	return r;
}

static struct build_end take_end(struct builder *builder)
{
	struct build_end end = builder->end;

	builder->end = (struct build_end){FAILURE_NONE, SYMPTOM_NONE, NULL};
	return end;
}

/* ---- what make left ---- */

/*
 * Of a file that make says it has built: when it is not there or makes no
 * sense, the commit's makefiles are to blame.
 */
static int blame(struct builder *builder, int r, struct err *err)
{
	if (r != -ENOENT && r != -EINVAL && r != -EFBIG)
		return r;
	builder_fail(builder, SYMPTOM_COMPILE,
		mem_strdup(err ? err->text : "make did not build what it should"));
	err_clear(err);
	return 0;
}

/* The configuration's hash; a fragment option that did not survive ends the build. */
static int read_config(struct builder *builder, const char *fragment_text,
	const char *config_text, struct kernel *kernel, struct err *err)
{
	auto_kconfig struct kconfig fragment = KCONFIG_INIT, config = KCONFIG_INIT;
	auto_free char *sentence = NULL, *identity = NULL;
	char hash[HASH_HEX_BYTES];
	const char *asked = kconfig_asked(fragment_text);
	int r = kconfig_parse(asked, strlen(asked), "configuration fragment", &fragment, err);

	if (r < 0)
		return r;
	r = kconfig_parse(config_text, strlen(config_text), ".config", &config, err);
	if (r < 0)
		return blame(builder, r, err);
	identity = kconfig_identity(&config);
	hash_bytes(identity, strlen(identity), hash);
	kernel->config_hash = mem_strndup(hash, HASH_DIGITS);
	builder->has_modules = kconfig_value(&config, "CONFIG_MODULES") != NULL;
	if (!kconfig_holds(&config, &fragment, &sentence))
		builder_fail(builder, SYMPTOM_CONFIG,
			mem_printf(
				"the kernel does not take the configuration: %s (its Kconfig "
				"wins: what an option depends on is off, or another selects "
				"it)",
				sentence));
	return 0;
}

static int read_release(
	struct builder *builder, const char *local, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/include/config/kernel.release", builder->out);
	auto_free char *text = NULL;
	const char *release;
	int r = fs_read(path, 4096, &text, NULL, err);

	if (r < 0)
		return r;
	release = text_trim(text);
	if (strlen(release) >= RELEASE_MAX_BYTES || !text_ends(release, local)) {
		builder_fail(builder, SYMPTOM_WRONG_RELEASE,
			mem_printf("the release is \"%.100s\", expected at most %d characters "
				   "with \"%s\" at the end",
				release, RELEASE_MAX_BYTES - 1, local));
		return 0;
	}
	kernel->release = mem_strdup(release);
	return 0;
}

static int read_build_id(struct builder *builder, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/vmlinux", builder->out);
	auto_free char *elf = NULL;
	char hex[BUILDID_HEX_BYTES];
	size_t size_bytes;
	int r = fs_read(path, FILE_LIMIT_BYTES, &elf, &size_bytes, err);

	if (r < 0)
		return r;
	r = buildid_from_elf(elf, size_bytes, hex, err);
	if (r < 0)
		return err_note(err, "%s", path);
	kernel->build_id = mem_strdup(hex);
	return 0;
}

static int hash_image(
	struct builder *builder, const char *local, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/arch/arm64/boot/Image", builder->out);
	auto_free char *image = NULL;
	char hash[HASH_HEX_BYTES];
	size_t size_bytes;
	int r = fs_read(path, FILE_LIMIT_BYTES, &image, &size_bytes, err);

	if (r < 0)
		return r;
	image_blank_names(image, size_bytes, local, kernel->build_id);
	hash_bytes(image, size_bytes, hash);
	kernel->image_hash = mem_strdup(hash);
	return 0;
}

static int build_image(struct builder *builder, const struct kernel_order *order,
	struct kernel *kernel, struct err *err)
{
	auto_free char *local = mem_printf("-g%.*s-c%.*s", COMMIT_DIGITS, order->commit->oid,
		CONFIG_DIGITS, kernel->config_hash);
	int r = builder_make_image(builder, local, err);

	if (r < 0 || !builder_is_good(builder))
		return r;
	r = read_release(builder, local, kernel, err);
	if (r == 0 && builder_is_good(builder))
		r = read_build_id(builder, kernel, err);
	if (r == 0 && builder_is_good(builder))
		r = hash_image(builder, local, kernel, err);
	r = blame(builder, r, err);
	if (r == 0 && builder_is_good(builder) && builder->has_modules)
		r = builder_make_modules(builder, local, err);
	return r;
}

/* ---- keeping what was built ---- */

static int copy_into(const char *from_folder, const char *from, const char *to_folder,
	const char *to, struct err *err)
{
	auto_free char *source = mem_printf("%s/%s", from_folder, from);
	auto_free char *target = mem_printf("%s/%s", to_folder, to);

	return fs_exists(source) ? fs_copy_atomic(source, target, err) : 0;
}

/* Puts a complete folder in the place of whatever has its name. */
static int replace_folder(const char *fresh, const char *name, struct err *err)
{
	if (rename(fresh, name) == 0)
		return 0;
	if (errno != EEXIST && errno != ENOTEMPTY)
		return err_sys(err, -errno, "cannot rename %s to %s", fresh, name);
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, name, RENAME_EXCHANGE) < 0)
		return err_sys(err, -errno, "cannot replace %s", name);
	return fs_remove_tree(fresh, err);
}

/* KERNELS_FOLDER/<commit>-<config>; the caller frees. */
static char *folder_of(
	const char *kernels_folder, const char *commit, const struct kernel *kernel)
{
	return mem_printf("%s/%.*s-%.*s", kernels_folder, COMMIT_DIGITS, commit, CONFIG_DIGITS,
		kernel->config_hash ? kernel->config_hash : "noconfig");
}

static int write_manifest(const struct builder *builder, const struct kernel *kernel,
	const char *folder, struct err *err)
{
	auto_free char *commit = mem_strdup(builder->order.commit);
	const struct manifest manifest = {
		commit, kernel->release, kernel->build_id, builder->tools.toolchain};
	auto_free char *text = manifest_text(&manifest);
	auto_free char *path = mem_printf("%s/manifest", folder);

	return fs_write_atomic(path, text, strlen(text), err);
}

static int keep(struct builder *builder, const char *kernels_folder, struct kernel *kernel,
	struct err *err)
{
	auto_free char *folder = folder_of(kernels_folder, builder->order.commit, kernel);
	auto_free char *fresh = mem_printf("%s.new", folder);
	int r = fs_remove_tree(fresh, err);

	if (r == 0)
		r = fs_make_folder(fresh, err);
	if (r == 0)
		r = copy_into(builder->folder, "build.log", fresh, "build.log", err);
	if (r == 0)
		r = copy_into(builder->out, ".config", fresh, "config", err);
	if (r == 0 && builder_is_good(builder))
		r = copy_into(builder->out, "arch/arm64/boot/Image", fresh, "image", err);
	if (r == 0 && builder_is_good(builder) && builder->has_modules)
		r = copy_into(builder->folder, "modules.tar.gz", fresh, "modules.tar.gz", err);
	if (r == 0 && builder_is_good(builder))
		r = write_manifest(builder, kernel, fresh, err);
	if (r == 0)
		r = replace_folder(fresh, folder, err);
	if (r < 0)
		return r;
	kernel->log_path = mem_printf("%s/build.log", folder);
	if (builder_is_good(builder))
		kernel->image_path = mem_printf("%s/image", folder);
	return 0;
}

static int build(struct builder *builder, const struct kernel_order *order,
	const char *kernels_folder, struct kernel *kernel, struct err *err)
{
	auto_free char *config = NULL;
	int r = begin(builder, order, err);

	if (r == 0)
		r = builder_configure(builder, order->fragment, &config, err);
	if (r == 0 && builder_is_good(builder))
		r = read_config(builder, order->fragment, config, kernel, err);
	if (r == 0 && builder_is_good(builder))
		r = build_image(builder, order, kernel, err);
	return r < 0 ? r : keep(builder, kernels_folder, kernel, err);
}

/* ---- what the hook has ---- */

/* An empty folder that the hook may fill, and the name of the log in it. */
static int ask_hook(
	const struct kernel_order *order, const char *test, const char *fresh, struct err *err)
{
	auto_free char *log = mem_printf("%s/build.log", fresh);
	auto_free char *fragment = mem_printf("%s/fragment.config", fresh);
	int r = fs_remove_tree(fresh, err);

	if (r == 0)
		r = fs_make_folder(fresh, err);
	if (r == 0 && !test)
		r = fs_write_atomic(fragment, order->fragment, strlen(order->fragment), err);
	if (r == 0 && order->on_progress)
		order->on_progress("ask the prebuilt hook", 0, 0, order->data);
	return r < 0 ? r
		     : prebuilt_ask(order->prebuilt, order->commit->oid, test, fresh, log, err);
}

/* 1: the kernel came from the hook; 0: there is no hook, or it does not have it. */
static int receive(const struct kernel_order *order, const char *kernels_folder,
	struct kernel *kernel, struct err *err)
{
	auto_free char *fresh = NULL, *folder = NULL;
	int r;

	if (!order->prebuilt)
		return 0;
	fresh = mem_printf(
		"%s/%.*s-prebuilt.new", kernels_folder, COMMIT_DIGITS, order->commit->oid);
	r = ask_hook(order, NULL, fresh, err);
	if (r > 0) {
		r = prebuilt_prove(fresh, order->commit->oid, order->fragment, kernel, err);
		if (r < 0)
			return err_note(err, "the prebuilt hook %s", order->prebuilt);
		folder = folder_of(kernels_folder, order->commit->oid, kernel);
		r = replace_folder(fresh, folder, err);
		kernel->log_path = mem_printf("%s/build.log", folder);
		kernel->image_path = mem_printf("%s/image", folder);
		return r < 0 ? r : 1;
	}
	return r < 0 ? r : fs_remove_tree(fresh, err);
}

int kernel_build(const struct kernel_order *order, const char *kernels_folder,
	struct kernel *ret, struct build_end *ret_end, struct err *err)
{
	auto_builder struct builder builder = BUILDER_INIT;
	struct kernel kernel = {.commit_id = order->commit->id};
	int r = receive(order, kernels_folder, &kernel, err);

	if (r == 0)
		r = build(&builder, order, kernels_folder, &kernel, err);
	if (r < 0) {
		kernel_clear(&kernel);
		return err_note(err, "building commit %.12s", order->commit->oid);
	}
	if (!kernel.prebuilt)
		kernel.toolchain = take_ptr(builder.tools.toolchain);
	*ret = kernel;
	*ret_end = take_end(&builder);
	return 0;
}

/* ---- the selftest ---- */

static int keep_test(const char *built, const char *tests_folder, char **ret_path,
	char **ret_hash, struct err *err)
{
	auto_free char *folder = NULL, *path = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(built, hash, err);

	if (r < 0)
		return r;
	folder = mem_printf("%s/%s", tests_folder, hash);
	path = mem_printf("%s%s", folder, strrchr(built, '/'));
	r = fs_make_folder(folder, err);
	if (r == 0)
		r = fs_copy_atomic(built, path, err);
	if (r < 0)
		return r;
	*ret_path = take_ptr(path);
	*ret_hash = mem_strdup(hash);
	return 0;
}

/* As receive(). */
static int receive_test(const struct kernel_order *order, const char *test,
	const char *tests_folder, char **ret_path, char **ret_hash, struct err *err)
{
	const char *slash = strrchr(test, '/');
	auto_free char *fresh = NULL, *handed = NULL;
	int r;

	if (!order->prebuilt)
		return 0;
	fresh = mem_printf(
		"%s/%.*s-prebuilt.new", tests_folder, COMMIT_DIGITS, order->commit->oid);
	r = ask_hook(order, test, fresh, err);
	if (r > 0) {
		handed = mem_printf("%s/%s", fresh, slash ? slash + 1 : test);
		r = keep_test(handed, tests_folder, ret_path, ret_hash, err);
		if (r < 0)
			return err_note(err, "the prebuilt hook %s", order->prebuilt);
		r = 1;
	}
	return r < 0 || fs_remove_tree(fresh, err) == 0 ? r : err->code;
}

int kernel_build_test(const struct kernel_order *order, const char *test,
	const char *tests_folder, char **ret_path, char **ret_hash, struct build_end *ret_end,
	struct err *err)
{
	auto_builder struct builder builder = BUILDER_INIT;
	auto_free char *built = NULL;
	int r = receive_test(order, test, tests_folder, ret_path, ret_hash, err);

	if (r > 0) {
		*ret_end = (struct build_end){FAILURE_NONE, SYMPTOM_NONE, NULL};
		return 0;
	}
	if (r == 0)
		r = begin(&builder, order, err);

	if (r == 0)
		r = builder_make_test(&builder, test, &built, err);
	if (r == 0)
		r = fs_make_folder(tests_folder, err);
	if (r == 0)
		r = copy_into(builder.folder, "build.log", tests_folder, "build.log", err);
	if (r == 0 && builder_is_good(&builder))
		r = keep_test(built, tests_folder, ret_path, ret_hash, err);
	if (r < 0)
		return err_note(err, "building %s of commit %.12s", test, order->commit->oid);
	*ret_end = take_end(&builder);
	return 0;
}
