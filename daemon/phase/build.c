/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/hash.h"
#include "io/kmake.h"
#include "sys/fs.h"

int build_recipe(const char *fragment, const char *prebuilt, char ret[13], struct err *err)
{
	struct kmake_tools tools = {0};
	auto_free char *text = NULL;
	char hex[HASH_HEX_BYTES];
	int r = kmake_find_tools(&tools, err);

	if (r < 0 && (r != -ENOENT || !prebuilt))
		return r;
	if (r < 0)
		err_clear(err);
	text = mem_printf("%s\n%s\n", r < 0 ? "no compiler" : tools.toolchain, fragment);
	kmake_tools_clear(&tools);
	hash_bytes(text, strlen(text), hex);
	memcpy(ret, hex, 12);
	ret[12] = '\0';
	return 0;
}

static void on_progress(const char *what, size_t done, size_t of, void *data)
{
	progress_update(data, (int64_t)done, (int64_t)of, "%s, step %zu", what, done);
}

static void on_open(const char *why, void *data)
{
	progress_note(data,
		"warning: the kernel's makefiles run as we do, without a sandbox: %s", why);
}

/* Folders of the state that building uses; the order borrows them. */
struct folders {
	char *builds, *kernels, *tests, *ccache;
};

static void folders_init(struct folders *folders, const struct build_order *order)
{
	folders->builds = mem_printf("%s/builds/%s", order->state, order->recipe);
	folders->kernels = mem_printf("%s/kernels", order->state);
	folders->tests = mem_printf("%s/tests", order->state);
	folders->ccache = mem_printf("%s/ccache", order->state);
}

static void folders_clear(struct folders *folders)
{
	free(folders->builds);
	free(folders->kernels);
	free(folders->tests);
	free(folders->ccache);
}

static struct kernel_order lab_order(const struct build_order *order,
	const struct folders *folders, const struct commit *commit)
{
	return (struct kernel_order){
		.repo = order->repo,
		.commit = commit,
		.fragment = order->fragment,
		.build_folder = folders->builds,
		.ccache_folder = folders->ccache,
		.prebuilt = order->prebuilt,
		.private_folder = order->state,
		.on_open = on_open,
		.on_progress = on_progress,
		.data = order->progress,
	};
}

static int build_now(const struct build_order *order, const struct folders *folders,
	const struct commit *commit, struct kernel_record *ret, struct err *err)
{
	struct kernel_order lab = lab_order(order, folders, commit);
	struct kernel_record record = {0};
	struct build_end end = {FAILURE_NONE, SYMPTOM_NONE, NULL};
	int r;

	progress_step(order->progress, "build kernel %.12s", commit->oid);
	r = kernel_build(&lab, folders->kernels, &record.kernel, &end, err);
	record.failure = end.failure;
	record.symptom = end.symptom;
	record.reason = end.reason;
	if (r == 0) {
		record.kernel.commit_id = commit->id;
		r = kernel_store(
			order->db, order->recipe, &record, clock_unix_ms(&clock_real), err);
	}
	if (r < 0) {
		kernel_record_clear(&record);
		return r;
	}
	if (record.failure == FAILURE_NONE)
		progress_done(order->progress, "%s kernel %s",
			record.kernel.prebuilt ? "received prebuilt" : "built",
			record.kernel.release);
	else
		progress_done(order->progress, "kernel %.12s %s", commit->oid,
			symptom_phrase(record.symptom));
	*ret = record;
	return 0;
}

static bool is_usable(const struct kernel_record *record)
{
	return record->failure != FAILURE_NONE || fs_exists(record->kernel.image_path);
}

int build_kernel(const struct build_order *order, const struct commit *commit,
	struct kernel_record *ret, struct err *err)
{
	struct kernel_record stored = {0};
	struct folders folders;
	int r = kernel_find(order->db, commit->id, order->recipe, &stored, err);

	if (r < 0)
		return r;
	if (r > 0 && is_usable(&stored)) {
		*ret = stored;
		return 0;
	}
	kernel_record_clear(&stored);
	folders_init(&folders, order);
	r = build_now(order, &folders, commit, ret, err);
	folders_clear(&folders);
	return r;
}

static int store_test(const struct build_order *order, const struct commit *commit,
	const char *path, const char *sha256, int64_t *ret_test_id, struct err *err)
{
	return test_store(order->db, sha256, path, commit->oid, clock_unix_ms(&clock_real),
		ret_test_id, err);
}

static int build_test_now(const struct build_order *order, const struct commit *commit,
	const char *test, int64_t *ret_test_id, struct err *err)
{
	struct build_end end = {FAILURE_NONE, SYMPTOM_NONE, NULL};
	auto_free char *path = NULL, *sha256 = NULL;
	struct kernel_order lab;
	struct folders folders;
	int r;

	folders_init(&folders, order);
	lab = lab_order(order, &folders, commit);
	progress_step(order->progress, "build selftest %s", test);
	r = kernel_build_test(&lab, test, folders.tests, &path, &sha256, &end, err);
	if (r == 0 && end.failure != FAILURE_NONE)
		r = err_set(err, -ENOEXEC,
			"selftest %s of commit %.12s does not build: %s (log: %s/build.log)",
			test, commit->oid, end.reason ? end.reason : "no reason given",
			folders.tests);
	if (r == 0)
		r = store_test(order, commit, path, sha256, ret_test_id, err);
	if (r == 0)
		progress_done(order->progress, "built selftest %s, %.12s", test, sha256);
	build_end_clear(&end);
	folders_clear(&folders);
	return r;
}

int build_test(const struct build_order *order, const struct commit *commit, const char *test,
	int64_t *ret_test_id, struct err *err)
{
	const char *slash = strrchr(test, '/');
	auto_free char *path = NULL;
	int r = test_find_built(
		order->db, commit->oid, slash ? slash + 1 : test, ret_test_id, &path, err);

	if (r < 0 || (r > 0 && fs_exists(path)))
		return r < 0 ? r : 0;
	return build_test_now(order, commit, test, ret_test_id, err);
}
