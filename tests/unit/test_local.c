/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver of our own machine with the real runner, built for this machine. */
#include "support.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "driver/contact.h"
#include "driver/local.h"
#include "model/host.h"
#include "scratch.h"
#include "sys/fs.h"

struct fixture {
	char *folder, *socket, *host_folder, *libdir, *runner;
	struct host_spec spec;
	struct contact contact;
	pid_t activator;
};

static void open_fixture(struct fixture *f)
{
	char program[512];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	assert_true(n > 0);
	program[n] = '\0';
	*strrchr(program, '/') = '\0';
	memset(f, 0, sizeof(*f));
	f->folder = scratch_make();
	f->socket = mem_printf("%s/socket", f->folder);
	f->host_folder = mem_printf("%s/host", f->folder);
	f->libdir = mem_printf("%s/../here", program);
	f->runner = mem_printf("%s/kvmperf-runner", f->libdir);
	f->spec = (struct host_spec){.name = mem_strdup("here"),
		.driver = HOST_LOCAL,
		.cmdline = mem_strdup(""),
		.address = mem_strdup(f->socket)};
}

static void close_fixture(struct fixture *f)
{
	contact_clear(&f->contact);
	driver_local.release(f->contact.rig);
	if (f->activator > 0) {
		kill(f->activator, SIGKILL);
		waitpid(f->activator, NULL, 0);
	}
	host_spec_clear(&f->spec);
	free(f->socket);
	free(f->host_folder);
	free(f->libdir);
	free(f->runner);
	scratch_remove(f->folder);
}

static int take(struct fixture *f, struct err *err)
{
	return driver_local.take(&f->contact.rig, &f->spec, f->host_folder, f->libdir, err);
}

/* What systemd does with Accept=yes. */
static void activate(struct fixture *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", f->socket);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 4), 0);
	f->activator = fork();
	while (f->activator == 0) {
		int fd = accept(listener, NULL, NULL);

		signal(SIGCHLD, SIG_IGN);
		if (fork() == 0) {
			auto_free char *store = mem_printf("%s/store", f->folder);

			dup2(fd, 0);
			dup2(fd, 1);
			execl(f->runner, f->runner, "serve", "--store", store, NULL);
			_exit(127);
		}
		close(fd);
	}
	close(listener);
}

static void a_runner_behind_a_socket_answers(void **state)
{
	auto_free char *boot_id = NULL;
	struct err err = ERR_INIT;
	struct fixture f;

	(void)state;
	open_fixture(&f);
	activate(&f);
	if (take(&f, &err) < 0 || contact_reach(&f.contact, 20000, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(
		fs_read("/proc/sys/kernel/random/boot_id", 100, &boot_id, NULL, NULL), 0);
	assert_int_equal(strncmp(boot_id, f.contact.boot_id, 36), 0);
	/* It was not told that it may. */
	assert_int_equal(link_restore(f.contact.link, &err), -EOPNOTSUPP);
	contact_drop(&f.contact);
	assert_int_equal(contact_reach(&f.contact, 20000, NULL), 0);
	close_fixture(&f);
}

static void root_has_its_own_runner(void **state)
{
	struct err err = ERR_INIT;
	struct fixture f;

	(void)state;
	if (geteuid() != 0)
		skip();
	open_fixture(&f);
	if (take(&f, &err) < 0 || contact_reach(&f.contact, 20000, &err) < 0)
		fail_msg("%s", err.text);
	close_fixture(&f);
}

static void others_are_told_what_to_do(void **state)
{
	struct err err = ERR_INIT;
	struct fixture f;
	int fd;

	(void)state;
	open_fixture(&f);
	assert_int_equal(take(&f, &err), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(driver_local.connect(f.contact.rig, 1000, &fd, &err), -ENOENT);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_non_null(strstr(err.text, "systemctl enable --now kvmperf-runner.socket"));
	close_fixture(&f);
}

static void a_socket_that_nobody_listens_on_may_come(void **state)
{
	struct err err = ERR_INIT;
	struct fixture f;
	int fd;

	(void)state;
	open_fixture(&f);
	activate(&f);
	kill(f.activator, SIGKILL);
	waitpid(f.activator, NULL, 0);
	f.activator = 0;
	assert_int_equal(take(&f, &err), 0);
	assert_int_equal(driver_local.connect(f.contact.rig, 1000, &fd, &err), -EAGAIN);
	close_fixture(&f);
}

static void it_has_one_user(void **state)
{
	struct rig *other = NULL;
	struct err err = ERR_INIT;
	struct fixture f;

	(void)state;
	open_fixture(&f);
	assert_int_equal(take(&f, &err), 0);
	assert_int_equal(
		driver_local.take(&other, &f.spec, f.host_folder, f.libdir, &err), -EBUSY);
	assert_non_null(strstr(err.text, "host here: in use"));
	close_fixture(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_runner_behind_a_socket_answers),
		cmocka_unit_test(root_has_its_own_runner),
		cmocka_unit_test(others_are_told_what_to_do),
		cmocka_unit_test(a_socket_that_nobody_listens_on_may_come),
		cmocka_unit_test(it_has_one_user),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
