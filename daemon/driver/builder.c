/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/hash.h"
#include "io/pack.h"
#include "io/worktree.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "text/kconfig.h"
#include "text/makelog.h"

#define TEXT_LIMIT_BYTES ((size_t)64 << 20)
#define STEP_LIMIT_MS	 ((int64_t)10 * 60 * 1000)
#define IMAGE_LIMIT_MS	 ((int64_t)3 * 3600 * 1000)

void build_end_clear(struct build_end *end)
{
	free(end->reason);
	*end = (struct build_end){FAILURE_NONE, SYMPTOM_NONE, NULL};
}

void builder_clear(struct builder *builder)
{
	kmake_tools_clear(&builder->tools);
	sandbox_clear(&builder->sandbox);
	free(builder->folder);
	free(builder->ccache);
	free(builder->source);
	free(builder->out);
	free(builder->log);
	free(builder->stamp);
	free(builder->making);
	mem_close_fd(&builder->lock);
	build_end_clear(&builder->end);
}

void builder_fail(struct builder *builder, enum symptom symptom, char *reason)
{
	build_end_clear(&builder->end);
	builder->end = (struct build_end){FAILURE_BUILD, symptom, reason};
}

bool builder_is_good(const struct builder *builder)
{
	return builder->end.failure == FAILURE_NONE;
}

/* ---- progress ---- */

static void tell(const struct builder *builder, const char *what, size_t done, size_t of)
{
	if (builder->order.on_progress)
		builder->order.on_progress(what, done, of, builder->order.data);
}

static void on_file(size_t files, void *data)
{
	tell(data, "check out", files, 0);
}

static void on_step(size_t step, void *data)
{
	const struct builder *builder = data;

	tell(builder, "build", step,
		step < builder->steps_expected ? builder->steps_expected : step);
}

/* ---- the folder ---- */

static int make_folder(const char *path, char **ret_absolute, struct err *err)
{
	int r = fs_make_folder(path, err);

	return r < 0 ? r : fs_absolute(path, ret_absolute, err);
}

/* Little is lost when there is a ccache. */
static int start_over(struct builder *builder, struct err *err)
{
	int r = fs_remove_tree(builder->out, err);

	if (r == 0 && unlink(builder->making) < 0)
		r = err_sys(err, -errno, "cannot remove %s", builder->making);
	return r;
}

static int take_folder(struct builder *builder, struct err *err)
{
	const struct builder_order *order = &builder->order;
	auto_free char *lock = NULL;
	int r = make_folder(order->build_folder, &builder->folder, err);

	if (r == 0 && order->ccache_folder)
		r = make_folder(order->ccache_folder, &builder->ccache, err);
	if (r < 0)
		return r;
	if (strpbrk(builder->folder, " :\t\n"))
		return err_set(err, -EINVAL,
			"the kernel's make takes no blank or colon in a path: cannot build in "
			"%s",
			builder->folder);
	lock = mem_printf("%s/lock", builder->folder);
	r = lock_take(lock, &builder->lock, err);
	if (r == -EBUSY)
		return err_set(err, r, "another process builds in %s", builder->folder);
	if (r < 0)
		return r;
	builder->source = mem_printf("%s/source", builder->folder);
	builder->out = mem_printf("%s/out", builder->folder);
	builder->log = mem_printf("%s/build.log", builder->folder);
	builder->stamp = mem_printf("%s/configured", builder->folder);
	builder->making = mem_printf("%s/making", builder->folder);
	unlink(builder->log);
	return fs_exists(builder->making) ? start_over(builder, err) : 0;
}

static void on_change(const char *path, void *data)
{
	const struct builder *builder = data;

	if (kconfig_depends_on(path))
		unlink(builder->stamp);
}

/* What make may write to, and what it must not see. */
static int make_sandbox(struct builder *builder, struct err *err)
{
	struct sandbox *sandbox = &builder->sandbox;
	int r = builder->ccache ? fs_make_folder(builder->ccache, err) : 0;

	if (r < 0)
		return r;
	strv_add(&sandbox->writable, builder->folder);
	if (builder->ccache)
		strv_add(&sandbox->writable, builder->ccache);
	if (builder->order.private_folder)
		strv_add(&sandbox->hidden, builder->order.private_folder);
	if (sandbox_try(sandbox, &builder->no_sandbox) == 0)
		builder->make.sandbox = sandbox;
	return 0;
}

int builder_open(struct builder *builder, const struct builder_order *order, struct err *err)
{
	struct worktree_order tree = {
		.repo = order->repo,
		.commit = order->commit,
		.on_progress = on_file,
		.on_change = on_change,
		.data = builder,
	};
	int r;

	builder->order = *order;
	r = take_folder(builder, err);
	if (r == 0)
		r = kmake_find_tools(&builder->tools, err);
	if (r < 0)
		return r;
	builder->make = (struct kmake){
		.source = builder->source,
		.out = builder->out,
		.ccache = builder->ccache,
		.log_path = builder->log,
		.jobs = order->jobs,
		.limit_ms = STEP_LIMIT_MS,
		.on_step = on_step,
		.data = builder,
	};
	tree.folder = builder->source;
	r = make_sandbox(builder, err);
	if (r < 0)
		return r;
	tell(builder, "check out", 0, 0);
	return worktree_switch(&tree, NULL, err);
}

/* ---- make ---- */

int builder_judge(struct builder *builder, const struct proc_end *end, enum symptom symptom,
	struct err *err)
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
		builder_fail(builder, end->timed_out ? SYMPTOM_TIMEOUT : symptom,
			mem_printf("make: %s", text));
		return 0;
	}
	r = fs_read(builder->log, TEXT_LIMIT_BYTES, &log, &size_bytes, err);
	if (r < 0)
		return r;
	shortage = makelog_shortage(log, size_bytes, &code);
	if (shortage)
		return err_set(err, code, "%s", shortage);
	builder_fail(builder, symptom, makelog_reason(log, size_bytes, builder->source));
	return 0;
}

/* Ties a .config to what it was made from. */
static void stamp_of(const struct builder *builder, const char *fragment, const char *config,
	char ret[HASH_HEX_BYTES])
{
	auto_free char *all = mem_printf("%s\n%d\n%s\n%s", builder->tools.toolchain,
		builder->ccache && builder->tools.has_ccache, fragment, config);

	hash_bytes(all, strlen(all), ret);
}

static bool is_configured(
	const struct builder *builder, const char *fragment, const char *config)
{
	auto_free char *stamp = NULL;
	char expected[HASH_HEX_BYTES];

	stamp_of(builder, fragment, config, expected);
	return fs_read(builder->stamp, HASH_HEX_BYTES, &stamp, NULL, NULL) == 0 &&
	       strcmp(stamp, expected) == 0;
}

/* The base with what is asked for over it, as a .config that make completes. */
static int write_base(struct builder *builder, const char *text, struct err *err)
{
	auto_free char *path = mem_printf("%s/.config", builder->out);
	int r = fs_make_folder(builder->out, err);

	return r < 0 ? r : fs_write_atomic(path, text, strlen(text), err);
}

static int run_config(struct builder *builder, const char *fragment, struct err *err)
{
	auto_free char *path = mem_printf("%s/fragment.config", builder->folder);
	struct proc_end end;
	int r;

	if (kconfig_asked(fragment) != fragment) {
		r = write_base(builder, fragment, err);
		if (r == 0)
			r = kmake_old_config(&builder->make, &builder->tools, &end, err);
	} else {
		r = fs_write_atomic(path, fragment, strlen(fragment), err);
		if (r == 0)
			r = kmake_config(&builder->make, &builder->tools, path, &end, err);
	}
	return r < 0 ? r : builder_judge(builder, &end, SYMPTOM_CONFIG, err);
}

int builder_configure(
	struct builder *builder, const char *fragment, char **ret, struct err *err)
{
	auto_free char *path = mem_printf("%s/.config", builder->out);
	auto_free char *config = NULL;
	char stamp[HASH_HEX_BYTES];
	int r;

	tell(builder, "configure", 0, 0);
	if (fs_read(path, TEXT_LIMIT_BYTES, &config, NULL, NULL) == 0 &&
		is_configured(builder, fragment, config)) {
		*ret = take_ptr(config);
		return 0;
	}
	free(take_ptr(config));
	r = run_config(builder, fragment, err);
	if (r < 0 || !builder_is_good(builder))
		return r;
	r = fs_read(path, TEXT_LIMIT_BYTES, &config, NULL, err);
	if (r == -ENOENT) {
		builder_fail(builder, SYMPTOM_CONFIG, mem_strdup("make wrote no .config"));
		return 0;
	}
	if (r < 0)
		return r;
	stamp_of(builder, fragment, config, stamp);
	*ret = take_ptr(config);
	return fs_write_atomic(builder->stamp, stamp, strlen(stamp), err);
}

int builder_make_image(struct builder *builder, const char *localversion, struct err *err)
{
	auto_free char *vmlinux = mem_printf("%s/vmlinux", builder->out);
	struct proc_end end;
	int r;

	builder->steps_expected = fs_exists(vmlinux) ? KMAKE_STEPS_AGAIN : KMAKE_STEPS_ALL;
	builder->make.limit_ms = IMAGE_LIMIT_MS;
	tell(builder, "build", 0, builder->steps_expected);
	r = fs_write_atomic(builder->making, "", 0, err);
	if (r < 0)
		return r;
	r = kmake_image(&builder->make, &builder->tools, localversion, &end, err);
	if (r < 0 || !end.timed_out)
		unlink(builder->making); /* make itself removes what it was writing */
	return r < 0 ? r : builder_judge(builder, &end, SYMPTOM_COMPILE, err);
}

int builder_make_modules(struct builder *builder, const char *localversion, struct err *err)
{
	auto_free char *folder = mem_printf("%s/modules", builder->folder);
	auto_free char *path = mem_printf("%s/modules.tar.gz", builder->folder);
	struct proc_end end;
	int r = fs_remove_tree(folder, err);

	tell(builder, "build modules", 0, 0);
	if (r == 0)
		r = fs_write_atomic(builder->making, "", 0, err);
	if (r == 0)
		r = kmake_modules(
			&builder->make, &builder->tools, localversion, folder, &end, err);
	if (r == 0 && !end.timed_out)
		unlink(builder->making);
	if (r == 0)
		r = builder_judge(builder, &end, SYMPTOM_COMPILE, err);
	if (r < 0 || !builder_is_good(builder))
		return r;
	r = pack_folder(folder, path, err);
	return r < 0 ? r : fs_remove_tree(folder, err);
}

int builder_make_test(
	struct builder *builder, const char *test, char **ret_path, struct err *err)
{
	const char *slash = strrchr(test, '/');
	auto_free char *output = mem_printf("%s/test", builder->folder);
	struct proc_end end;
	int r = fs_remove_tree(output, err);

	tell(builder, "build test", 0, 0);
	if (r == 0)
		r = kmake_headers(&builder->make, &builder->tools, &end, err);
	if (r == 0)
		r = builder_judge(builder, &end, SYMPTOM_COMPILE, err);
	if (r == 0 && builder_is_good(builder))
		r = kmake_test(&builder->make, &builder->tools, test, output, &end, err);
	if (r == 0 && builder_is_good(builder))
		r = builder_judge(builder, &end, SYMPTOM_COMPILE, err);
	if (r == 0 && builder_is_good(builder))
		*ret_path = mem_printf("%s/%s", output, slash ? slash + 1 : test);
	return r;
}
