/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

#include "string/str.h"
#include "text/probe.h"

/* Runs it as the program that it is: in a process of its own, its report through a pipe. */
static int run_control(const char *cpu, struct str *ret_report)
{
	int both[2], status;
	char bytes[4096];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(both), 0);
	pid = fork();
	if (pid == 0) {
		char number[16];

		snprintf(number, sizeof(number), "%d", both[1]);
		setenv("KVMPERF_PROBE_FD", number, 1);
		close(both[0]);
		_exit(control_run(cpu));
	}
	close(both[1]);
	while ((n = read(both[0], bytes, sizeof(bytes))) > 0)
		str_add_bytes(ret_report, bytes, (size_t)n);
	close(both[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void every_pass_is_reported_as_the_probe_does(void **state)
{
	auto_str struct str text = STR_INIT;
	struct probe_report report = {0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(run_control(NULL, &text), 0);
	if (probe_parse(str_text(&text), text.length, NULL, 0, &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(report.call_count, CONTROL_PASSES);
	assert_false(report.has_chunk);
	for (size_t i = 0; i < report.call_count; i++) {
		assert_int_equal(report.calls[i].kind, PROBE_CONTROL);
		assert_true(report.calls[i].duration_ns > 0);
	}
	probe_report_clear(&report);
}

static void a_cpu_that_is_none_is_an_error(void **state)
{
	static const char *const cpus[] = {"no-cpu", "", "-1", "1x", "99999999", "1000"};

	(void)state;
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		auto_str struct str text = STR_INIT;

		if (run_control(cpus[i], &text) != 1 || text.length)
			fail_msg("\"%s\" is taken for a CPU", cpus[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pass_is_reported_as_the_probe_does),
		cmocka_unit_test(a_cpu_that_is_none_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
