/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/kmake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"
#include "sys/fs.h"

void kmake_tools_clear(struct kmake_tools *tools)
{
	free(tools->cross);
	free(tools->toolchain);
	*tools = (struct kmake_tools){0};
}

static bool is_on_path(const char *program)
{
	auto_strv struct strv folders = STRV_INIT;
	const char *path = getenv("PATH");

	strv_split(&folders, path ? path : "/usr/local/bin:/usr/bin:/bin", ":");
	for (size_t i = 0; i < folders.count; i++) {
		auto_free char *candidate = mem_printf("%s/%s", folders.items[i], program);

		if (access(candidate, X_OK) == 0)
			return true;
	}
	return false;
}

static void keep_first(const char *line, void *data)
{
	char **first = data;

	if (!*first)
		*first = mem_strdup(line);
}

int kmake_find_tools(struct kmake_tools *ret, struct err *err)
{
	static const char cross[] = "aarch64-linux-gnu-";
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	auto_free char *toolchain = NULL;
	struct proc_end end;
	struct utsname machine;
	bool has_cross = is_on_path("aarch64-linux-gnu-gcc");
	int r;

	if (uname(&machine) < 0)
		return err_sys(err, -errno, "cannot tell what machine this is");
	if (!has_cross && (strcmp(machine.machine, "aarch64") != 0 || !is_on_path("gcc")))
		return err_set(err, -ENOENT,
			"no compiler for arm64 on PATH: install gcc-aarch64-linux-gnu");
	strv_addf(&argv, "%sgcc", has_cross ? cross : "");
	strv_add(&argv, "--version");
	spec.argv = &argv;
	spec.limit_ms = 60 * 1000;
	spec.on_line = keep_first;
	spec.data = &toolchain;
	r = proc_run(&spec, &end, err);
	if (r < 0)
		return r;
	if (end.exit_status != 0 || !toolchain)
		return err_set(err, -EIO, "%s --version fails", argv.items[0]);
	ret->cross = mem_strdup(has_cross ? cross : "");
	ret->toolchain = take_ptr(toolchain);
	ret->has_ccache = is_on_path("ccache");
	return 0;
}

/* ---- one call of make ---- */

struct steps {
	const struct kmake *make;
	size_t count;
};

static void count_step(const char *line, void *data)
{
	struct steps *steps = data;

	/* "  CC      init/main.o": two blanks and a word in capitals */
	if (line[0] != ' ' || line[1] != ' ' || line[2] < 'A' || line[2] > 'Z')
		return;
	steps->count++;
	if (steps->make->on_step)
		steps->make->on_step(steps->count, steps->make->data);
}

static bool uses_ccache(const struct kmake *make, const struct kmake_tools *tools)
{
	return make->ccache && tools->has_ccache;
}

/*
 * The base folder lets ccache treat build folders of one layout alike, for
 * which it calls the source "../NAME/": the map takes that out of __FILE__, as
 * the kernel does with the absolute path, and images with and without ccache
 * are the same. The compiler is known by its content, so that an upgrade of it
 * is seen.
 */
static int add_ccache(const struct kmake *make, struct strv *env, struct err *err)
{
	auto_free char *source = NULL;
	int r = fs_make_folder(make->ccache, err);
	char *slash;

	if (r == 0)
		r = fs_absolute(make->source, &source, err);
	if (r < 0)
		return r;
	slash = strrchr(source, '/');
	strv_addf(env, "KCPPFLAGS=-fmacro-prefix-map=../%s/=", slash + 1);
	slash[slash == source] = '\0';
	strv_addf(env, "CCACHE_DIR=%s", make->ccache);
	strv_addf(env, "CCACHE_BASEDIR=%s", source);
	strv_add(env, "CCACHE_COMPILERCHECK=content");
	return 0;
}

static int environment(const struct kmake *make, const struct kmake_tools *tools,
	struct strv *env, struct err *err)
{
	strv_add(env, "KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970");
	strv_add(env, "KBUILD_BUILD_USER=kvmperf");
	strv_add(env, "KBUILD_BUILD_HOST=kvmperf");
	strv_add(env, "KBUILD_BUILD_VERSION=1");
	return uses_ccache(make, tools) ? add_ccache(make, env, err) : 0;
}

static int run(const struct kmake *make, const struct kmake_tools *tools,
	const struct strv *args, const char *more_env, struct proc_end *ret_end,
	struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct steps steps = {make, 0};
	int r = environment(make, tools, &env, err);

	if (r < 0)
		return r;
	if (more_env)
		strv_add(&env, more_env);
	strv_add(&argv, "make");
	strv_addf(
		&argv, "-j%ld", make->jobs ? (long)make->jobs : sysconf(_SC_NPROCESSORS_ONLN));
	strv_add(&argv, "ARCH=arm64");
	strv_addf(&argv, "CROSS_COMPILE=%s", tools->cross);
	strv_add_all(&argv, args);
	spec.argv = &argv;
	spec.env = &env;
	spec.folder = make->source;
	spec.log_path = make->log_path;
	spec.limit_ms = make->limit_ms;
	spec.on_line = count_step;
	spec.data = &steps;
	spec.enter = make->sandbox ? sandbox_enter : NULL;
	spec.enter_data = make->sandbox;
	return proc_run(&spec, ret_end, err);
}

/* For the targets of the kernel's top makefile. */
static int run_top(const struct kmake *make, const struct kmake_tools *tools, struct strv *args,
	const char *more_env, struct proc_end *ret_end, struct err *err)
{
	int r = fs_make_folder(make->out, err);

	if (r < 0)
		return r;
	strv_addf(args, "O=%s", make->out);
	if (uses_ccache(make, tools))
		strv_addf(args, "CC=ccache %sgcc", tools->cross);
	return run(make, tools, args, more_env, ret_end, err);
}

int kmake_config(const struct kmake *make, const struct kmake_tools *tools,
	const char *fragment_path, struct proc_end *ret_end, struct err *err)
{
	auto_free char *all = mem_printf("KCONFIG_ALLCONFIG=%s", fragment_path);
	auto_strv struct strv args = STRV_INIT;

	strv_add(&args, "allnoconfig");
	return run_top(make, tools, &args, all, ret_end, err);
}

int kmake_old_config(const struct kmake *make, const struct kmake_tools *tools,
	struct proc_end *ret_end, struct err *err)
{
	auto_strv struct strv args = STRV_INIT;

	strv_add(&args, "olddefconfig");
	return run_top(make, tools, &args, NULL, ret_end, err);
}

int kmake_modules(const struct kmake *make, const struct kmake_tools *tools,
	const char *localversion, const char *folder, struct proc_end *ret_end, struct err *err)
{
	auto_strv struct strv build = STRV_INIT, install = STRV_INIT;
	int r;

	strv_addf(&build, "LOCALVERSION=%s", localversion);
	strv_add(&build, "modules");
	r = run_top(make, tools, &build, NULL, ret_end, err);
	if (r < 0 || ret_end->exit_status != 0)
		return r;
	strv_addf(&install, "LOCALVERSION=%s", localversion);
	strv_addf(&install, "INSTALL_MOD_PATH=%s", folder);
	strv_add(&install, "INSTALL_MOD_STRIP=1");
	strv_add(&install, "modules_install");
	return run_top(make, tools, &install, NULL, ret_end, err);
}

int kmake_image(const struct kmake *make, const struct kmake_tools *tools,
	const char *localversion, struct proc_end *ret_end, struct err *err)
{
	auto_strv struct strv args = STRV_INIT;

	strv_addf(&args, "LOCALVERSION=%s", localversion);
	strv_add(&args, "Image");
	return run_top(make, tools, &args, NULL, ret_end, err);
}

int kmake_headers(const struct kmake *make, const struct kmake_tools *tools,
	struct proc_end *ret_end, struct err *err)
{
	auto_strv struct strv args = STRV_INIT;

	strv_add(&args, "headers");
	return run_top(make, tools, &args, NULL, ret_end, err);
}

static bool is_test(const char *test)
{
	size_t n = strlen(test);

	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-/", test[i]))
			return false;
	return n > 0 && n < 200 && test[0] != '/' && test[0] != '-' && test[n - 1] != '/' &&
	       strchr(test, '/') && !strstr(test, "//");
}

/*
 * The target is the full name of the program, because lib.mk puts OUTPUT/ in
 * front of every program's name (6.12). arm64_hdr_outdir keeps the generated
 * headers of kernels that know it out of the source.
 */
int kmake_test(const struct kmake *make, const struct kmake_tools *tools, const char *test,
	const char *output, struct proc_end *ret_end, struct err *err)
{
	auto_strv struct strv args = STRV_INIT;
	auto_free char *generated = NULL;
	int r;

	if (!is_test(test))
		return err_set(err, -EINVAL,
			"\"%.200s\" is not the path of a selftest, expected something like "
			"kvm/dirty_log_perf_test",
			test);
	generated = mem_printf("%s/tools/", output);
	r = fs_make_folder(generated, err);
	if (r < 0)
		return r;
	strv_add(&args, "-C");
	strv_addf(
		&args, "tools/testing/selftests/%.*s", (int)(strrchr(test, '/') - test), test);
	strv_addf(&args, "OUTPUT=%s", output);
	strv_addf(&args, "KHDR_INCLUDES=-isystem %s/usr/include", make->out);
	strv_addf(&args, "arm64_hdr_outdir=%s", generated);
	strv_addf(&args, "%s/%s", output, strrchr(test, '/') + 1);
	return run(make, tools, &args, NULL, ret_end, err);
}
