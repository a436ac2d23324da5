/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/hash.h"
#include "io/kmake.h"
#include "io/worktree.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "text/buildid.h"
#include "text/image.h"
#include "text/kconfig.h"
#include "text/makelog.h"

enum { RELEASE_MAX_BYTES = 64, COMMIT_DIGITS = 12, CONFIG_DIGITS = 8, HASH_DIGITS = 12 };
#define FILE_LIMIT_BYTES ((size_t)1 << 30)
#define LOG_LIMIT_BYTES	 ((size_t)64 << 20)
#define STEP_LIMIT_MS	 ((int64_t)10 * 60 * 1000)
#define IMAGE_LIMIT_MS	 ((int64_t)3 * 3600 * 1000)

/* A build under way. */
struct build {
	const struct kernel_order *order;
	struct kmake make;
	struct kmake_tools tools;
	char *folder, *source, *out, *log, *ccache, *stamp; /* absolute paths */
	int lock;
	size_t steps_expected;
	struct build_end end;
};

static void build_clear(struct build *build)
{
	kmake_tools_clear(&build->tools);
	free(build->folder);
	free(build->ccache);
	free(build->source);
	free(build->out);
	free(build->log);
	free(build->stamp);
	mem_close_fd(&build->lock);
	build_end_clear(&build->end);
}

#define auto_build __attribute__((cleanup(build_clear)))

void build_end_clear(struct build_end *end)
{
	free(end->reason);
	*end = (struct build_end){FAILURE_NONE, SYMPTOM_NONE, NULL};
}

static void set_end(struct build *build, enum symptom symptom, char *reason)
{
	build_end_clear(&build->end);
	build->end = (struct build_end){FAILURE_BUILD, symptom, reason};
}

static bool is_built(const struct build *build)
{
	return build->end.failure == FAILURE_NONE;
}

/* ---- progress ---- */

static void tell(const struct build *build, const char *what, size_t done, size_t of)
{
	if (build->order->on_progress)
		build->order->on_progress(what, done, of, build->order->data);
}

static void on_file(size_t files, void *data)
{
	tell(data, "check out", files, 0);
}

static void on_step(size_t step, void *data)
{
	struct build *build = data;

	tell(build, "build", step, step < build->steps_expected ? build->steps_expected : step);
}

/* ---- before make ---- */

/* The folder becomes ours, and gets the absolute name that make needs. */
static int take_folder(struct build *build, struct err *err)
{
	const struct kernel_order *order = build->order;
	auto_free char *path = NULL;
	int r = fs_make_folder(order->build_folder, err);

	if (r == 0)
		r = fs_absolute(order->build_folder, &build->folder, err);
	if (r == 0 && order->ccache_folder)
		r = fs_make_folder(order->ccache_folder, err);
	if (r == 0 && order->ccache_folder)
		r = fs_absolute(order->ccache_folder, &build->ccache, err);
	if (r < 0)
		return r;
	if (strpbrk(build->folder, " :\t\n"))
		return err_set(err, -EINVAL,
			"the kernel's make takes no blank or colon in a path: cannot build in "
			"%s",
			build->folder);
	path = mem_printf("%s/lock", build->folder);
	r = lock_take(path, &build->lock, err);
	if (r == -EBUSY)
		return err_set(err, r, "another process builds in %s", build->folder);
	if (r < 0)
		return r;
	build->source = mem_printf("%s/source", build->folder);
	build->out = mem_printf("%s/out", build->folder);
	build->log = mem_printf("%s/build.log", build->folder);
	build->stamp = mem_printf("%s/configured", build->folder);
	unlink(build->log);
	return 0;
}

static void on_change(const char *path, void *data)
{
	const struct build *build = data;

	if (kconfig_depends_on(path))
		unlink(build->stamp);
}

static int begin(struct build *build, struct err *err)
{
	const struct kernel_order *order = build->order;
	struct worktree_order tree = {
		.repo = order->repo,
		.commit = order->commit->oid,
		.on_progress = on_file,
		.on_change = on_change,
		.data = build,
	};
	int r = take_folder(build, err);

	if (r == 0)
		r = kmake_find_tools(&build->tools, err);
	if (r < 0)
		return r;
	build->make = (struct kmake){
		.source = build->source,
		.out = build->out,
		.ccache = build->ccache,
		.log_path = build->log,
		.jobs = order->jobs,
		.limit_ms = STEP_LIMIT_MS,
		.on_step = on_step,
		.data = build,
	};
	tree.folder = build->source;
	tell(build, "check out", 0, 0);
	return worktree_switch(&tree, NULL, err);
}

/* What make ended with, as an end of the build. */
static int judge(
	struct build *build, const struct proc_end *end, enum symptom symptom, struct err *err)
{
	auto_free char *log = NULL;
	const char *shortage;
	size_t size_bytes;
	char text[100];
	int r, code;

	if (end->exit_status == 0)
		return 0;
	proc_end_text(end, text, sizeof(text));
	if (end->timed_out || end->signal) {
		set_end(build, end->timed_out ? SYMPTOM_TIMEOUT : symptom,
			mem_printf("make: %s", text));
		return 0;
	}
	r = fs_read(build->log, LOG_LIMIT_BYTES, &log, &size_bytes, err);
	if (r < 0)
		return r;
	shortage = makelog_shortage(log, size_bytes, &code);
	if (shortage)
		return err_set(err, code, "%s", shortage);
	set_end(build, symptom, makelog_reason(log, size_bytes, build->source));
	return 0;
}

/* ---- the configuration ---- */

/*
 * What the stamp holds: that this .config came out of this fragment with this
 * compiler. Configuring takes half as long as a small build, so it is left out
 * when nothing that decides it has changed; on_change() removes the stamp.
 */
static void stamp_of(const struct build *build, const char *config, char ret[HASH_HEX_BYTES])
{
	auto_free char *all = mem_printf("%s\n%d\n%s\n%s", build->tools.toolchain,
		build->ccache && build->tools.has_ccache, build->order->fragment, config);

	hash_bytes(all, strlen(all), ret);
}

static bool is_configured(const struct build *build, const char *config)
{
	auto_free char *stamp = NULL;
	char expected[HASH_HEX_BYTES];

	stamp_of(build, config, expected);
	return fs_read(build->stamp, HASH_HEX_BYTES, &stamp, NULL, NULL) == 0 &&
	       strcmp(stamp, expected) == 0;
}

/* Has make write OUT/.config, unless it stands for sure, and reads it. */
static int make_config(struct build *build, char **ret, struct err *err)
{
	auto_free char *config_path = mem_printf("%s/.config", build->out);
	auto_free char *path = mem_printf("%s/fragment.config", build->folder);
	const char *text = build->order->fragment;
	char stamp[HASH_HEX_BYTES];
	struct proc_end end;
	int r;

	if (fs_read(config_path, LOG_LIMIT_BYTES, ret, NULL, NULL) == 0 &&
		is_configured(build, *ret))
		return 0;
	free(take_ptr(*ret));
	r = fs_write_atomic(path, text, strlen(text), err);
	if (r == 0)
		r = kmake_config(&build->make, &build->tools, path, &end, err);
	if (r == 0)
		r = judge(build, &end, SYMPTOM_CONFIG, err);
	if (r == 0 && is_built(build))
		r = fs_read(config_path, LOG_LIMIT_BYTES, ret, NULL, err);
	if (r < 0 || !is_built(build))
		return r;
	stamp_of(build, *ret, stamp);
	return fs_write_atomic(build->stamp, stamp, strlen(stamp), err);
}

/* Makes OUT/.config and its hash; a fragment option that did not survive ends the build. */
static int configure(struct build *build, struct kernel *kernel, struct err *err)
{
	const char *text = build->order->fragment;
	auto_kconfig struct kconfig fragment = KCONFIG_INIT, config = KCONFIG_INIT;
	auto_free char *made = NULL, *sentence = NULL, *identity = NULL;
	char hash[HASH_HEX_BYTES];
	int r = kconfig_parse(text, strlen(text), "configuration fragment", &fragment, err);

	tell(build, "configure", 0, 0);
	if (r == 0)
		r = make_config(build, &made, err);
	if (r < 0 || !is_built(build))
		return r;
	r = kconfig_parse(made, strlen(made), ".config", &config, err);
	if (r < 0)
		return r;
	identity = kconfig_identity(&config);
	hash_bytes(identity, strlen(identity), hash);
	kernel->config_hash = mem_strndup(hash, HASH_DIGITS);
	if (!kconfig_holds(&config, &fragment, &sentence))
		set_end(build, SYMPTOM_CONFIG,
			mem_printf("the kernel does not take the configuration: %s", sentence));
	return 0;
}

/* ---- the image ---- */

static char *localversion(const struct kernel_order *order, const struct kernel *kernel)
{
	return mem_printf("-g%.*s-c%.*s", COMMIT_DIGITS, order->commit->oid, CONFIG_DIGITS,
		kernel->config_hash);
}

static int read_release(
	struct build *build, const char *local, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/include/config/kernel.release", build->out);
	auto_free char *text = NULL;
	const char *release;
	int r = fs_read(path, 4096, &text, NULL, err);

	if (r < 0)
		return r;
	release = text_trim(text);
	if (strlen(release) >= RELEASE_MAX_BYTES || !text_ends(release, local)) {
		set_end(build, SYMPTOM_WRONG_RELEASE,
			mem_printf("the release is \"%.100s\", expected at most %d characters "
				   "with \"%s\" at the end",
				release, RELEASE_MAX_BYTES - 1, local));
		return 0;
	}
	kernel->release = mem_strdup(release);
	return 0;
}

static int read_build_id(struct build *build, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/vmlinux", build->out);
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
	struct build *build, const char *local, struct kernel *kernel, struct err *err)
{
	auto_free char *path = mem_printf("%s/arch/arm64/boot/Image", build->out);
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

static int build_image(struct build *build, struct kernel *kernel, struct err *err)
{
	auto_free char *local = localversion(build->order, kernel);
	auto_free char *vmlinux = mem_printf("%s/vmlinux", build->out);
	struct proc_end end;
	int r;

	build->steps_expected = fs_exists(vmlinux) ? KMAKE_STEPS_AGAIN : KMAKE_STEPS_ALL;
	build->make.limit_ms = IMAGE_LIMIT_MS;
	tell(build, "build", 0, build->steps_expected);
	r = kmake_image(&build->make, &build->tools, local, &end, err);
	if (r == 0)
		r = judge(build, &end, SYMPTOM_COMPILE, err);
	if (r == 0 && is_built(build))
		r = read_release(build, local, kernel, err);
	if (r == 0 && is_built(build))
		r = read_build_id(build, kernel, err);
	if (r == 0 && is_built(build))
		r = hash_image(build, local, kernel, err);
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

static int keep(
	struct build *build, const char *kernels_folder, struct kernel *kernel, struct err *err)
{
	auto_free char *folder = mem_printf("%s/%.*s-%.*s", kernels_folder, COMMIT_DIGITS,
		build->order->commit->oid, CONFIG_DIGITS,
		kernel->config_hash ? kernel->config_hash : "noconfig");
	auto_free char *fresh = mem_printf("%s.new", folder);
	int r = fs_remove_tree(fresh, err);

	if (r == 0)
		r = fs_make_folder(fresh, err);
	if (r == 0)
		r = copy_into(build->folder, "build.log", fresh, "build.log", err);
	if (r == 0)
		r = copy_into(build->out, ".config", fresh, "config", err);
	if (r == 0 && is_built(build))
		r = copy_into(build->out, "arch/arm64/boot/Image", fresh, "image", err);
	if (r == 0)
		r = replace_folder(fresh, folder, err);
	if (r < 0)
		return r;
	kernel->log_path = mem_printf("%s/build.log", folder);
	if (is_built(build))
		kernel->image_path = mem_printf("%s/image", folder);
	return 0;
}

int kernel_build(const struct kernel_order *order, const char *kernels_folder,
	struct kernel *ret, struct build_end *ret_end, struct err *err)
{
	auto_build struct build build = {.order = order, .lock = -1};
	struct kernel kernel = {.commit_id = order->commit->id};
	int r = begin(&build, err);

	if (r == 0)
		r = configure(&build, &kernel, err);
	if (r == 0 && is_built(&build))
		r = build_image(&build, &kernel, err);
	if (r == 0)
		r = keep(&build, kernels_folder, &kernel, err);
	if (r < 0) {
		kernel_clear(&kernel);
		return err_note(err, "building commit %.12s", order->commit->oid);
	}
	kernel.toolchain = take_ptr(build.tools.toolchain);
	*ret = kernel;
	*ret_end = build.end;
	build.end = (struct build_end){FAILURE_NONE, SYMPTOM_NONE, NULL};
	return 0;
}

/* ---- the selftest ---- */

static int keep_test(const char *built, const char *tests_folder, const char *name,
	char **ret_path, char **ret_hash, struct err *err)
{
	auto_free char *folder = NULL, *path = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(built, hash, err);

	if (r < 0)
		return r;
	folder = mem_printf("%s/%s", tests_folder, hash);
	path = mem_printf("%s/%s", folder, name);
	r = fs_make_folder(folder, err);
	if (r == 0)
		r = fs_copy_atomic(built, path, err);
	if (r < 0)
		return r;
	*ret_path = take_ptr(path);
	*ret_hash = mem_strdup(hash);
	return 0;
}

static int make_test(struct build *build, const char *test, const char *output, struct err *err)
{
	struct proc_end end;
	int r = fs_remove_tree(output, err);

	tell(build, "build test", 0, 0);
	if (r == 0)
		r = kmake_headers(&build->make, &build->tools, &end, err);
	if (r == 0)
		r = judge(build, &end, SYMPTOM_COMPILE, err);
	if (r == 0 && is_built(build))
		r = kmake_test(&build->make, &build->tools, test, output, &end, err);
	return r < 0 || !is_built(build) ? r : judge(build, &end, SYMPTOM_COMPILE, err);
}

int kernel_build_test(const struct kernel_order *order, const char *test,
	const char *tests_folder, char **ret_path, char **ret_hash, struct build_end *ret_end,
	struct err *err)
{
	auto_build struct build build = {.order = order, .lock = -1};
	const char *slash = strrchr(test, '/'), *name = slash ? slash + 1 : test;
	auto_free char *output = NULL, *built = NULL;
	int r = begin(&build, err);

	if (r == 0) {
		output = mem_printf("%s/test", build.folder);
		built = mem_printf("%s/%s", output, name);
		r = make_test(&build, test, output, err);
	}
	if (r == 0)
		r = fs_make_folder(tests_folder, err);
	if (r == 0)
		r = copy_into(build.folder, "build.log", tests_folder, "build.log", err);
	if (r == 0 && is_built(&build))
		r = keep_test(built, tests_folder, name, ret_path, ret_hash, err);
	if (r < 0)
		return err_note(err, "building %s of commit %.12s", test, order->commit->oid);
	*ret_end = build.end;
	build.end = (struct build_end){FAILURE_NONE, SYMPTOM_NONE, NULL};
	return 0;
}
