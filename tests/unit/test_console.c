/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/console.h"

#include <errno.h>
#include <unistd.h>

#include "support.h"

#include "sys/proc.h"

/* Ends a command with r; what it says on stderr is put into text. */
static int end_shown(int r, const struct err *err, char *text, size_t size)
{
	struct progress progress;
	FILE *out = tmpfile(), *caught = tmpfile();
	int kept = dup(STDERR_FILENO), status;
	size_t n;

	console_begin(&progress, out, false);
	fflush(stderr);
	dup2(fileno(caught), STDERR_FILENO);
	status = console_end(&progress, "kvmperf run", r, err);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(caught);
	n = fread(text, 1, size - 1, caught);
	text[n] = '\0';
	fclose(out);
	fclose(caught);
	return status;
}

static void an_end_is_told_with_its_exit_status(void **state)
{
	static const struct {
		int r, status;
		const char *why, *told;
	} rows[] = {
		{0, 0, NULL, ""},
		{1, 1, NULL, ""},
		{-EINTR, 130, "stopped; host x is back on its golden kernel",
			"kvmperf run: stopped; host x is back on its golden kernel; the same "
			"command goes on from here\n"},
		{-ENOENT, 1, "there is no host x", "kvmperf run: there is no host x\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = ERR_INIT;
		char text[256];

		if (rows[i].r < 0)
			err_set(&err, rows[i].r, "%s", rows[i].why);
		assert_int_equal(
			end_shown(rows[i].r, &err, text, sizeof(text)), rows[i].status);
		assert_string_equal(text, rows[i].told);
	}
}

static void programs_are_shown_when_verbose(void **state)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct progress progress;
	struct proc_end end;
	struct err err = ERR_INIT;
	char text[256] = "";
	FILE *out = tmpfile();

	(void)state;
	strv_add(&argv, "true");
	spec.argv = &argv;
	console_begin(&progress, out, true);
	assert_int_equal(proc_run(&spec, &end, &err), 0);
	assert_int_equal(console_end(&progress, "kvmperf run", 0, &err), 0);
	assert_int_equal(proc_run(&spec, &end, &err), 0); /* no longer */
	rewind(out);
	text[fread(text, 1, sizeof(text) - 1, out)] = '\0';
	assert_string_equal(text, "  true\n");
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_is_told_with_its_exit_status),
		cmocka_unit_test(programs_are_shown_when_verbose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
