/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "scratch.h"

#include "sys/proc.h"

/*
 * What third party code can do in the sandbox, tried by a shell that runs in it.
 * $open is a folder it may write to, $secret a file beside it, $port a server on
 * loopback, $pid the test itself.
 */
static const struct {
	const char *sentence, *script;
	int exit_status, signal;
} rows[] = {
	{"a program runs", "true", 0, 0},
	{"its exit status is told", "exit 17", 17, 0},
	{"a signal ends what it starts", "(kill -KILL $BASHPID)", 137, 0},
	{"it writes where it may", "echo x >$open/made && test -s $open/made", 0, 0},
	{"it makes temporary files", "f=$(mktemp) && test -w $f", 0, 0},
	{"it does not see the secret", "test ! -e $secret", 0, 0},
	{"it reaches no server on loopback", "! exec 2>/dev/null 3<>/dev/tcp/127.0.0.1/$port",
		0, 0},
	{"it writes nowhere else",
		"! touch /usr/kvmperf-was-here 2>/dev/null && test ! -e /usr/kvmperf-was-here",
		0, 0},
	{"it sees no other process", "test ! -e /proc/$pid/root/tmp", 0, 0},
	{"it is the first of its own processes", "test $$ -le 2", 0, 0},
	{"it has no rights", "! mount -t tmpfs none /mnt 2>/dev/null", 0, 0},
	{"it cannot kill us", "! kill -0 $pid 2>/dev/null || test $pid -le 2", 0, 0},
};

/* A server on loopback that nobody answers at, but that connects. */
static int listen_here(int *ret_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

struct box {
	char *folder, *open, *secret;
	struct sandbox sandbox;
	struct strv env;
	int server;
};

static void box_open(struct box *box)
{
	int port;

	memset(box, 0, sizeof(*box));
	box->folder = scratch_make();
	box->open = mem_printf("%s/open", box->folder);
	box->secret = mem_printf("%s/secret", box->folder);
	assert_int_equal(fs_make_folder(box->open, NULL), 0);
	scratch_write(box->secret, "key");
	box->server = listen_here(&port);
	strv_add(&box->sandbox.writable, box->open);
	strv_add(&box->sandbox.hidden, box->folder);
	strv_addf(&box->env, "open=%s", box->open);
	strv_addf(&box->env, "secret=%s", box->secret);
	strv_addf(&box->env, "port=%d", port);
	strv_addf(&box->env, "pid=%d", (int)getpid());
}

static void box_close(struct box *box)
{
	close(box->server);
	sandbox_clear(&box->sandbox);
	strv_clear(&box->env);
	free(box->open);
	free(box->secret);
	scratch_remove(box->folder);
}

static struct proc_end run(struct box *box, const char *script, bool in_sandbox)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct err err = ERR_INIT;
	struct proc_end end;

	strv_add(&argv, "bash");
	strv_add(&argv, "-c");
	strv_add(&argv, script);
	spec.argv = &argv;
	spec.env = &box->env;
	spec.limit_ms = 20000;
	spec.enter = in_sandbox ? sandbox_enter : NULL;
	spec.enter_data = &box->sandbox;
	if (proc_run(&spec, &end, &err) < 0)
		fail_msg("%s", err.text);
	return end;
}

static void third_party_code_is_kept_in(void **state)
{
	struct err err = ERR_INIT;
	struct box box;
	int failed = 0;

	(void)state;
	box_open(&box);
	if (sandbox_try(&box.sandbox, &err) < 0) {
		print_message("# notice: %s\n", err.text);
		box_close(&box);
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct proc_end end = run(&box, rows[i].script, true);

		if (end.exit_status == rows[i].exit_status && end.signal == rows[i].signal)
			continue;
		failed++;
		print_error("%s: status %d, signal %d\n", rows[i].sentence, end.exit_status,
			end.signal);
	}
	box_close(&box);
	assert_int_equal(failed, 0);
}

/* The rows above would mean nothing if all of it failed outside, too. */
static void outside_it_is_all_within_reach(void **state)
{
	struct box box;

	(void)state;
	box_open(&box);
	assert_int_equal(run(&box, "test -e $secret", false).exit_status, 0);
	assert_int_equal(run(&box, "exec 3<>/dev/tcp/127.0.0.1/$port", false).exit_status, 0);
	assert_int_equal(run(&box, "kill -0 $pid", false).exit_status, 0);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(third_party_code_is_kept_in),
		cmocka_unit_test(outside_it_is_all_within_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
