/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "scratch.h"

#include "base/clock.h"
#include "base/stop.h"
#include "string/str.h"

/* A shell script as a child: the shell is the program under test's child here, not its way. */
static void shell(struct strv *argv, const char *script)
{
	strv_add(argv, "sh");
	strv_add(argv, "-c");
	strv_add(argv, script);
}

static void add_line(const char *line, void *data)
{
	str_addf(data, "%s|", line);
}

static const struct {
	const char *name, *script, *lines;
	int exit_status, signal;
} rows[] = {
	{"a child that succeeds", "true", "", 0, 0},
	{"a child that fails", "exit 3", "", 3, 0},
	{"a child that a signal ends", "kill -9 $$", "", -1, SIGKILL},
	{"both outputs arrive", "echo one; echo two >&2", "one|two|", 0, 0},
	{"the last line needs no newline", "printf 'a\\n\\nb'", "a||b|", 0, 0},
	{"stdin is empty", "read x && echo $x; echo $?", "1|", 0, 0},
	{"the environment is fixed", "env | sort | grep -v '^PWD=\\|^_=\\|^OLDPWD=\\|^SHLVL='",
		"HOME=/h|LC_ALL=C.UTF-8|PATH=/usr/bin:/bin|TZ=UTC|", 0, 0},
	{"a broken pipe ends a child as usual", "yes | head -n 1", "y|", 0, 0},
	{"signals are not blocked", "trap 'echo got' TERM; kill -TERM $$", "got|", 0, 0},
};

static void test_run(void **state)
{
	(void)state;
	setenv("HOME", "/h", 1);
	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("LD_LIBRARY_PATH_X", "must not pass", 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strv struct strv argv = STRV_INIT;
		auto_str struct str lines = STR_INIT;
		struct proc_spec spec = PROC_SPEC_INIT;
		struct proc_end end = {77, 77, true};
		struct err err = ERR_INIT;

		shell(&argv, rows[i].script);
		spec.argv = &argv;
		spec.limit_ms = 60000;
		spec.on_line = add_line;
		spec.data = &lines;
		if (proc_run(&spec, &end, &err) < 0)
			fail_msg("%s: %s", rows[i].name, err.text);
		if (end.exit_status != rows[i].exit_status || end.signal != rows[i].signal ||
			end.timed_out || strcmp(str_text(&lines), rows[i].lines) != 0)
			fail_msg("%s: %d %d %s", rows[i].name, end.exit_status, end.signal,
				str_text(&lines));
	}
}

static void what_is_asked_for_is_added(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	auto_str struct str lines = STR_INIT;
	int before = nice(0), more = before + 5 > 19 ? 19 - before : 5; /* 19 is the most */
	auto_free char *want = mem_printf("%s|yes|%d|", root, more);
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;

	(void)state;
	shell(&argv, "pwd; echo $MORE; echo $(($(nice) - BEFORE))");
	strv_add(&env, "MORE=yes");
	strv_addf(&env, "BEFORE=%d", before);
	spec.argv = &argv;
	spec.env = &env;
	spec.folder = root;
	spec.nice = 5;
	spec.on_line = add_line;
	spec.data = &lines;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_string_equal(str_text(&lines), want);
}

static void the_log_gets_all_output_and_is_appended_to(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *log = mem_printf("%s/log", root), *text = NULL;
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;
	size_t bytes = 0;

	(void)state;
	shell(&argv, "echo out; echo err >&2; head -c 300000 /dev/zero");
	scratch_write(log, "before\n");
	spec.argv = &argv;
	spec.log_path = log;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_int_equal(fs_read(log, 1 << 20, &text, &bytes, &err), 0);
	assert_int_equal(bytes, 7 + 4 + 4 + 300000);
	assert_memory_equal(text, "before\nout\nerr\n", 15);
	spec.log_path = "/nonexistent/log";
	assert_int_equal(proc_run(&spec, &end, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/log"));
}

static void a_long_line_is_cut_in_the_callback_only(void **state)
{
	auto_strv struct strv argv = STRV_INIT;
	auto_str struct str lines = STR_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;

	(void)state;
	shell(&argv, "head -c 5000 /dev/zero | tr '\\0' x; echo; echo y");
	spec.argv = &argv;
	spec.on_line = add_line;
	spec.data = &lines;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_int_equal(lines.length, 4095 + 1 + 2);
	assert_string_equal(lines.text + 4094, "x|y|");
}

static void input_and_output_can_be_redirected(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *in = mem_printf("%s/in", root), *out = mem_printf("%s/out", root);
	auto_free char *text = NULL;
	auto_strv struct strv argv = STRV_INIT;
	auto_str struct str lines = STR_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	auto_close int in_fd = -1, out_fd = -1;
	struct proc_end end;
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(in, "question");
	in_fd = open(in, O_RDONLY | O_CLOEXEC);
	out_fd = open(out, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	shell(&argv, "cat; echo aside >&2");
	spec.argv = &argv;
	spec.input_fd = in_fd;
	spec.output_fd = out_fd;
	spec.on_line = add_line;
	spec.data = &lines;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_string_equal(str_text(&lines), "aside|");
	assert_int_equal(fs_read(out, 100, &text, NULL, &err), 0);
	assert_string_equal(text, "question");
}

static void what_cannot_run_has_a_sentence(void **state)
{
	auto_strv struct strv none = STRV_INIT, folder = STRV_INIT, sh = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;
	pid_t pid = -7;

	(void)state;
	strv_add(&none, "kvmperf-no-such-program");
	strv_add(&folder, "/tmp");
	shell(&sh, "true");
	spec.argv = &none;
	assert_int_equal(proc_run(&spec, &end, &err), -ENOENT);
	assert_string_equal(
		err.text, "cannot run kvmperf-no-such-program: No such file or directory");
	assert_int_equal(proc_start(&spec, &pid, &err), -ENOENT);
	assert_int_equal(pid, -7);
	spec.argv = &folder;
	assert_int_equal(proc_run(&spec, &end, &err), -EACCES);
	spec.argv = &sh;
	spec.folder = "/nonexistent";
	assert_int_equal(proc_run(&spec, &end, &err), -ENOENT);
	assert_string_equal(
		err.text, "cannot run sh in folder /nonexistent: No such file or directory");
}

static bool is_alive(const char *path)
{
	auto_free char *text = NULL, *status_path = NULL, *status = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(fs_read(path, 100, &text, NULL, &err), 0);
	assert_true(atoi(text) > 1);
	status_path = mem_printf("/proc/%d/stat", atoi(text));
	return fs_read(status_path, 4096, &status, NULL, &err) == 0 && !strstr(status, ") Z ");
}

static void wait_for_death(const char *path)
{
	for (int i = 0; i < 200 && is_alive(path); i++)
		stop_sleep_ms(20);
	assert_false(is_alive(path));
}

static void the_deadline_ends_the_whole_group(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *pid_path = mem_printf("%s/pid", root);
	auto_free char *script = mem_printf(
		"sleep 1000 & echo $! >%s; trap 'printf last; exit 1' TERM; echo first; wait",
		pid_path);
	auto_strv struct strv argv = STRV_INIT;
	auto_str struct str lines = STR_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;
	char text[64];
	int64_t begun_ms = clock_monotonic_ms(&clock_real);

	(void)state;
	shell(&argv, script);
	spec.argv = &argv;
	spec.limit_ms = 700;
	spec.on_line = add_line;
	spec.data = &lines;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_true(clock_monotonic_ms(&clock_real) - begun_ms < 5000);
	assert_true(end.timed_out);
	proc_end_text(&end, text, sizeof(text));
	assert_string_equal(text, "stopped at its time limit");
	assert_string_equal(str_text(&lines), "first|last|");
	wait_for_death(pid_path);
}

/* Left behind in the background, writing for ever: it ends with its parent. */
static void what_a_child_leaves_behind_ends_with_it(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *pid_path = mem_printf("%s/pid", root);
	auto_free char *script = mem_printf("yes & echo $! >%s; sleep 0.1", pid_path);
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;
	int64_t begun_ms = clock_monotonic_ms(&clock_real);

	(void)state;
	shell(&argv, script);
	spec.argv = &argv;
	spec.limit_ms = 60000;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_int_equal(end.exit_status, 0);
	assert_true(clock_monotonic_ms(&clock_real) - begun_ms < 10000);
	wait_for_death(pid_path);
}

/* One that left the group and holds the pipe is not waited for. */
static void a_daemon_that_keeps_the_pipe_is_not_waited_for(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *pid_path = mem_printf("%s/pid", root);
	auto_free char *script = mem_printf(
		"setsid sh -c 'echo $$ >%s; exec sleep 20' & while ! [ -s %s ]; do sleep 0.02; "
		"done",
		pid_path, pid_path);
	auto_free char *pid = NULL;
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;
	int64_t begun_ms = clock_monotonic_ms(&clock_real);

	(void)state;
	shell(&argv, script);
	spec.argv = &argv;
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_true(clock_monotonic_ms(&clock_real) - begun_ms < 10000);
	assert_int_equal(fs_read(pid_path, 100, &pid, NULL, &err), 0);
	kill(atoi(pid), SIGKILL);
}

static void a_started_child_is_stopped(void **state)
{
	auto_strv struct strv deaf = STRV_INIT, quick = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end = {0};
	struct err err = ERR_INIT;
	pid_t pid;

	(void)state;
	shell(&deaf, "trap '' TERM; while :; do sleep 1; done");
	shell(&quick, "exit 4");
	spec.argv = &deaf;
	assert_int_equal(proc_start(&spec, &pid, &err), 0);
	assert_false(proc_has_ended(pid, &end));
	proc_stop(pid, 100);
	assert_int_equal(kill(pid, 0), -1);
	spec.argv = &quick;
	assert_int_equal(proc_start(&spec, &pid, &err), 0);
	while (!proc_has_ended(pid, &end))
		stop_sleep_ms(10);
	assert_int_equal(end.exit_status, 4);
	proc_stop(0, 100);
	proc_stop(-1, 100);
}

static void a_child_is_talked_with(void **state)
{
	auto_strv struct strv argv = STRV_INIT, missing = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct err err = ERR_INIT;
	char said[8] = "";
	pid_t pid = 0;
	int fd = -1;

	(void)state;
	strv_add(&missing, "no-such-program");
	spec.argv = &missing;
	assert_int_equal(proc_start_talk(&spec, &pid, &fd, &err), -ENOENT);
	assert_int_equal(fd, -1);
	shell(&argv, "read x && echo got $x");
	spec.argv = &argv;
	assert_int_equal(proc_start_talk(&spec, &pid, &fd, &err), 0);
	assert_int_equal(write(fd, "it\n", 3), 3);
	assert_int_equal(read(fd, said, sizeof(said) - 1), 7);
	assert_string_equal(said, "got it\n");
	close(fd);
	proc_stop(pid, 2000);
}

static void endings_have_words(void **state)
{
	char text[64];

	(void)state;
	proc_end_text(&(struct proc_end){2, 0, false}, text, sizeof(text));
	assert_string_equal(text, "exit status 2");
	proc_end_text(&(struct proc_end){-1, SIGKILL, false}, text, sizeof(text));
	assert_string_equal(text, "killed by signal 9 (Killed)");
}

static void quick_children_cost_little(void **state)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int64_t begun_ms = clock_monotonic_ms(&clock_real);

	(void)state;
	strv_add(&argv, "true");
	spec.argv = &argv;
	for (int i = 0; i < 20; i++) {
		struct proc_end end;

		assert_int_equal(proc_run(&spec, &end, NULL), 0);
	}
	printf("# notice: a child that does nothing takes %.1f ms\n",
		(double)(clock_monotonic_ms(&clock_real) - begun_ms) / 20);
}

/* In a process of its own, because the wish to stop stays. */
static void run_until_stopped(const char *pid_path)
{
	auto_free char *script = mem_printf("echo $$ >%s; sleep 1000", pid_path);
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	struct err err = ERR_INIT;
	int r;

	stop_install();
	shell(&argv, script);
	spec.argv = &argv;
	r = proc_run(&spec, &end, &err);
	_exit(r == -EINTR && strcmp(err.text, "sh was stopped") == 0 ? 0 : 1);
}

static void a_wish_to_stop_ends_it(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *pid_path = mem_printf("%s/pid", root);
	int status;
	pid_t child;

	(void)state;
	fflush(NULL);
	child = fork();
	if (child == 0)
		run_until_stopped(pid_path);
	for (int i = 0; i < 500 && !fs_exists(pid_path); i++)
		stop_sleep_ms(10);
	stop_sleep_ms(50);
	kill(child, SIGTERM);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	wait_for_death(pid_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(what_is_asked_for_is_added),
		cmocka_unit_test(the_log_gets_all_output_and_is_appended_to),
		cmocka_unit_test(a_long_line_is_cut_in_the_callback_only),
		cmocka_unit_test(input_and_output_can_be_redirected),
		cmocka_unit_test(what_cannot_run_has_a_sentence),
		cmocka_unit_test(the_deadline_ends_the_whole_group),
		cmocka_unit_test(what_a_child_leaves_behind_ends_with_it),
		cmocka_unit_test(a_daemon_that_keeps_the_pipe_is_not_waited_for),
		cmocka_unit_test(a_started_child_is_stopped),
		cmocka_unit_test(a_child_is_talked_with),
		cmocka_unit_test(endings_have_words),
		cmocka_unit_test(quick_children_cost_little),
		cmocka_unit_test(a_wish_to_stop_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
