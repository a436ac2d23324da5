/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's end of the link with the real runner at the other end, in a child process. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "io/hash.h"
#include "io/link.h"
#include "serve.h"
#include "sys/fs.h"

struct fixture {
	char folder[64];
	char *store;
	pid_t runner;
	struct link *link;
};

static void run_runner(int fd, const char *store)
{
	struct channel channel = {.in = fd, .out = fd};
	struct err err = ERR_INIT;
	int r;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	r = serve(&channel, store, false, false, &err);
	channel_clear(&channel);
	_exit(r < 0);
}

static int connect_runner(struct fixture *fixture)
{
	static const char noise[] = "[    0.000000] Booting Linux KVPF\1";
	struct link_hello hello = {0};
	struct err err = ERR_INIT;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	if (write(pair[1], noise, sizeof(noise)) < 0) /* what a boot leaves in a byte stream */
		return -1;
	fixture->runner = fork();
	if (fixture->runner == 0) {
		close(pair[0]);
		run_runner(pair[1], fixture->store);
	}
	close(pair[1]);
	fixture->link = link_open("lab1", pair[0]);
	if (link_hello(fixture->link, 5000, &hello, &err) < 0) {
		fprintf(stderr, "# %s\n", err.text);
		return -1;
	}
	link_hello_clear(&hello);
	return 0;
}

static void disconnect(struct fixture *fixture)
{
	link_close(take_ptr(fixture->link));
	waitpid(fixture->runner, NULL, 0);
}

static int set_up(void **state)
{
	struct fixture *fixture = MEM_NEW(struct fixture, 1);

	*state = fixture;
	strcpy(fixture->folder, "/tmp/kvmperf-link-XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	fixture->store = mem_printf("%s/store", fixture->folder);
	return connect_runner(fixture);
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	disconnect(fixture);
	fs_remove_tree(fixture->folder, NULL);
	free(fixture->store);
	free(fixture);
	return 0;
}

static void hello_tells_who_answers(void **state)
{
	struct fixture *fixture = *state;
	auto_free char *boot_id = NULL;
	struct link_hello hello = {0};
	struct err err = ERR_INIT;

	assert_int_equal(link_hello(fixture->link, 5000, &hello, &err), 0);
	assert_string_equal(hello.version, KVMPERF_VERSION);
	assert_false(hello.is_init);
	assert_int_equal(
		fs_read("/proc/sys/kernel/random/boot_id", 100, &boot_id, NULL, &err), 0);
	assert_int_equal(strncmp(hello.boot_id, boot_id, 36), 0);
	link_hello_clear(&hello);
}

static void facts_are_lines_of_key_and_value(void **state)
{
	struct fixture *fixture = *state;
	auto_free char *facts = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(link_facts(fixture->link, &facts, &err), 0);
	assert_non_null(strstr(facts, "\nrelease: "));
	assert_non_null(strstr(facts, "\n/proc/meminfo: MemTotal:"));
	for (const char *line = facts; *line; line = strchr(line, '\n') + 1) {
		const char *end = strchr(line, '\n');

		assert_non_null(end);
		assert_non_null(memmem(line, (size_t)(end - line), ": ", 2));
	}
}

/* ---- put ---- */

static char *local_file(struct fixture *fixture, size_t size, char *ret_hash)
{
	auto_free char *path = mem_printf("%s/local", fixture->folder);
	auto_free char *data = mem_new(size, 1);

	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 7 + i / 251);
	assert_int_equal(fs_write_atomic(path, data, size, NULL), 0);
	hash_bytes(data, size, ret_hash);
	return take_ptr(path);
}

static void assert_same_files(const char *one, const char *two)
{
	char a[HASH_HEX_BYTES], b[HASH_HEX_BYTES];

	assert_int_equal(hash_file(one, a, NULL), 0);
	assert_int_equal(hash_file(two, b, NULL), 0);
	assert_string_equal(a, b);
}

static void a_file_arrives_whole(void **state)
{
	static const size_t sizes[] = {0, 1, 55, 56, 64, 32 * 1024, 32 * 1024 + 1, 1000001};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char hash[HASH_HEX_BYTES];
		auto_free char *local = local_file(fixture, sizes[i], hash);
		auto_free char *there = NULL;
		struct err err = ERR_INIT;
		struct stat st;

		if (link_put(fixture->link, local, hash, "Image", 0750, &there, &err) < 0)
			fail_msg("%zu bytes: %s", sizes[i], err.text);
		assert_same_files(local, there);
		assert_int_equal(stat(there, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0750);
	}
}

static void what_is_there_does_not_travel_again(void **state)
{
	struct fixture *fixture = *state;
	char hash[HASH_HEX_BYTES];
	auto_free char *local = local_file(fixture, 100000, hash);
	auto_free char *there = NULL, *again = NULL;
	struct err err = ERR_INIT;
	struct stat first, second;

	assert_int_equal(link_put(fixture->link, local, hash, "test", 0755, &there, &err), 0);
	assert_int_equal(stat(there, &first), 0);
	assert_int_equal(link_put(fixture->link, local, hash, "test", 0755, &again, &err), 0);
	assert_string_equal(there, again);
	assert_int_equal(stat(there, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
}

static void an_interrupted_put_goes_on_where_it_was(void **state)
{
	struct fixture *fixture = *state;
	char hash[HASH_HEX_BYTES];
	auto_free char *local = local_file(fixture, 100000, hash);
	auto_free char *part = mem_printf("%s/test.%.16s.part", fixture->store, hash);
	auto_free char *there = NULL, *data = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(fs_read(local, 1 << 20, &data, NULL, &err), 0);
	assert_int_equal(fs_write_atomic(part, data, 70000, &err), 0);
	assert_int_equal(link_put(fixture->link, local, hash, "test", 0755, &there, &err), 0);
	assert_same_files(local, there);
	assert_false(fs_exists(part));
}

static void a_wrong_beginning_is_found_out(void **state)
{
	struct fixture *fixture = *state;
	char hash[HASH_HEX_BYTES];
	auto_free char *local = local_file(fixture, 100000, hash);
	auto_free char *part = mem_printf("%s/test.%.16s.part", fixture->store, hash);
	auto_free char *there = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(fs_write_atomic(part, "something else", 14, &err), 0);
	assert_int_equal(
		link_put(fixture->link, local, hash, "test", 0755, &there, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "lab1: test arrived with SHA-256"));
	assert_null(there);
	/* The next put starts anew. */
	assert_int_equal(link_put(fixture->link, local, hash, "test", 0755, &there, &err), 0);
	assert_same_files(local, there);
}

static void a_file_cannot_leave_the_store(void **state)
{
	static const char *const names[] = {
		"../x", "a/b", ".", "..", ".hidden", "-rf", "", "a b", "a\nb"};
	struct fixture *fixture = *state;
	char hash[HASH_HEX_BYTES];
	auto_free char *local = local_file(fixture, 10, hash);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *there = NULL;
		struct err err = ERR_INIT;

		if (link_put(fixture->link, local, hash, names[i], 0755, &there, &err) !=
			-EINVAL)
			fail_msg("the name \"%s\" is accepted", names[i]);
	}
}

/* ---- run ---- */

static int run_shell(struct fixture *fixture, const char *script, int64_t limit_ms,
	struct link_run *run, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;

	strv_add(&argv, "/bin/sh");
	strv_add(&argv, "-c");
	strv_add(&argv, script);
	strv_add(&env, "PATH=/usr/bin:/bin");
	return link_run(fixture->link, &argv, &env, limit_ms, run, err);
}

static void a_program_tells_what_it_did(void **state)
{
	static const struct {
		const char *sentence, *script;
		int exit_status, signal;
		const char *output, *errors, *probe;
	} rows[] = {
		{"three streams and a status",
			"echo out; echo err >&2; echo probe >/proc/self/fd/$KVMPERF_PROBE_FD; "
			"exit 3",
			3, 0, "out\n", "err\n", "probe\n"},
		{"a signal", "echo before; kill -9 $$; echo after", -1, 9, "before\n", "", ""},
		{"nothing at all", "", 0, 0, "", "", ""},
		{"stdin is empty", "cat; echo end", 0, 0, "end\n", "", ""},
		{"the environment is what was given", "env | grep -v -e ^PWD -e ^_ | wc -l", 0,
			0, "2\n", "", ""},
		{"no descriptor but these passes through", "ls /proc/self/fd | wc -l", 0, 0,
			"5\n", "", ""},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct link_run run = {0};
		struct err err = ERR_INIT;

		if (run_shell(fixture, rows[i].script, 10000, &run, &err) < 0)
			fail_msg("%s: %s", rows[i].sentence, err.text);
		if (run.exit_status != rows[i].exit_status || run.signal != rows[i].signal ||
			strcmp(str_text(&run.output), rows[i].output) != 0 ||
			strcmp(str_text(&run.errors), rows[i].errors) != 0 ||
			strcmp(str_text(&run.probe), rows[i].probe) != 0)
			fail_msg("%s: status %d, signal %d, output \"%s\", errors \"%s\"",
				rows[i].sentence, run.exit_status, run.signal,
				str_text(&run.output), str_text(&run.errors));
		assert_false(run.timed_out);
		link_run_clear(&run);
	}
}

static void all_of_a_lot_of_output_comes(void **state)
{
	struct fixture *fixture = *state;
	struct link_run run = {0};
	struct err err = ERR_INIT;

	assert_int_equal(run_shell(fixture, "head -c 3000000 /dev/zero", 20000, &run, &err), 0);
	assert_int_equal(run.output.length, 3000000);
	link_run_clear(&run);
}

/* A process that ended is gone, or a zombie until its new parent looks. */
static bool is_running(const char *pid)
{
	auto_free char *path = mem_printf("/proc/%d/stat", atoi(pid)), *stat = NULL;

	assert_true(atoi(pid) > 1);
	if (fs_read(path, 4096, &stat, NULL, NULL) < 0)
		return false;
	return !strstr(stat, ") Z ");
}

static void a_program_is_ended_at_its_limit_with_its_children(void **state)
{
	struct fixture *fixture = *state;
	struct link_run run = {0};
	struct err err = ERR_INIT;

	assert_int_equal(run_shell(fixture,
				 "sleep 100 & echo $!; trap '' TERM; while :; do sleep 1; done",
				 500, &run, &err),
		0);
	assert_true(run.timed_out);
	assert_int_equal(run.signal, SIGKILL);
	assert_in_range(run.duration_ms, 500, 5000);
	assert_false(is_running(str_text(&run.output)));
	link_run_clear(&run);
}

static void a_program_gets_the_chance_to_report_on_term(void **state)
{
	struct fixture *fixture = *state;
	struct link_run run = {0};
	struct err err = ERR_INIT;

	assert_int_equal(
		run_shell(fixture, "trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done",
			500, &run, &err),
		0);
	assert_true(run.timed_out);
	assert_string_equal(str_text(&run.output), "bye\n");
	link_run_clear(&run);
}

static void what_a_program_leaves_behind_is_ended(void **state)
{
	struct fixture *fixture = *state;
	struct link_run run = {0};
	struct err err = ERR_INIT;

	assert_int_equal(run_shell(fixture, "sleep 100 & echo $!", 10000, &run, &err), 0);
	assert_int_equal(run.exit_status, 0);
	usleep(100 * 1000);
	assert_false(is_running(str_text(&run.output)));
	link_run_clear(&run);
}

static void what_cannot_be_run_is_said(void **state)
{
	struct fixture *fixture = *state;
	auto_strv struct strv argv = STRV_INIT, env = STRV_INIT;
	struct link_run run = {0};
	struct err err = ERR_INIT;

	strv_add(&argv, "/nonexistent/test");
	assert_int_equal(link_run(fixture->link, &argv, &env, 1000, &run, &err), -ENOENT);
	assert_non_null(strstr(err.text, "lab1: cannot execute /nonexistent/test"));
	link_run_clear(&run);
}

static void endless_output_is_cut_off(void **state)
{
	struct fixture *fixture = *state;
	struct link_run run = {0};
	struct err err = ERR_INIT;

	assert_int_equal(run_shell(fixture, "yes", 60000, &run, &err), -EFBIG);
	assert_non_null(strstr(err.text, "more than 16 MiB"));
	link_run_clear(&run);
}

/* ---- the machine ---- */

static void only_init_may_reset_a_machine(void **state)
{
	struct fixture *fixture = *state;
	struct err err = ERR_INIT;

	assert_int_equal(link_restore(fixture->link, &err), -EOPNOTSUPP);
	assert_int_equal(link_kexec(fixture->link, "a", "b", "c", &err), -EOPNOTSUPP);
	assert_non_null(strstr(err.text, "not the machine's init"));
}

static void huge_pages_of_no_known_size_are_refused(void **state)
{
	struct fixture *fixture = *state;
	auto_free char *report = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(link_prepare(fixture->link, 12345 * 1024, 1, false, "", &report, &err),
		-ENOENT);
	assert_non_null(strstr(err.text, "default huge page size is not 12345 kB"));
}

static void a_dead_runner_is_an_end_of_the_link(void **state)
{
	struct fixture *fixture = *state;
	auto_free char *facts = NULL;
	struct err err = ERR_INIT;
	int r;

	kill(fixture->runner, SIGKILL);
	r = link_facts(fixture->link, &facts, &err);
	assert_int_equal(r, -EPIPE);
	assert_true(link_is_lost(r));
}

static void nobody_at_the_other_end_is_waited_for_so_long(void **state)
{
	struct link_hello hello = {0};
	struct err err = ERR_INIT;
	struct link *link;
	int64_t start_ms;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	link = link_open("lab2", pair[0]);
	start_ms = clock_monotonic_ms(&clock_real);
	assert_int_equal(link_hello(link, 700, &hello, &err), -ETIMEDOUT);
	assert_in_range(clock_monotonic_ms(&clock_real) - start_ms, 690, 1500);
	link_close(link);
	close(pair[1]);
}

/* In a child process: the wish to stop stays once it is there. */
static void a_wish_to_stop_ends_a_run_and_its_program(void **state)
{
	struct fixture *fixture = *state;
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct link_run run = {0};
		struct err err = ERR_INIT;
		int64_t start_ms = clock_monotonic_ms(&clock_real);
		int r;

		stop_install();
		if (fork() == 0) {
			usleep(300 * 1000);
			kill(getppid(), SIGTERM);
			_exit(0);
		}
		r = run_shell(fixture, "exec sleep 100", 60000, &run, &err);
		_exit(r != -EINTR || clock_monotonic_ms(&clock_real) - start_ms > 4000);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define with_runner(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_runner(hello_tells_who_answers),
		with_runner(facts_are_lines_of_key_and_value),
		with_runner(a_file_arrives_whole),
		with_runner(what_is_there_does_not_travel_again),
		with_runner(an_interrupted_put_goes_on_where_it_was),
		with_runner(a_wrong_beginning_is_found_out),
		with_runner(a_file_cannot_leave_the_store),
		with_runner(a_program_tells_what_it_did),
		with_runner(all_of_a_lot_of_output_comes),
		with_runner(a_program_is_ended_at_its_limit_with_its_children),
		with_runner(a_program_gets_the_chance_to_report_on_term),
		with_runner(what_a_program_leaves_behind_is_ended),
		with_runner(what_cannot_be_run_is_said),
		with_runner(endless_output_is_cut_off),
		with_runner(only_init_may_reset_a_machine),
		with_runner(huge_pages_of_no_known_size_are_refused),
		with_runner(a_dead_runner_is_an_end_of_the_link),
		cmocka_unit_test(nobody_at_the_other_end_is_waited_for_so_long),
		with_runner(a_wish_to_stop_ends_a_run_and_its_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
