/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ssh driver with a real sshd on loopback, which has keys, a port and a
 * configuration of its own, and with the real runner, built for this machine.
 */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "driver/contact.h"
#include "driver/ssh.h"
#include "io/hash.h"
#include "model/host.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/proc.h"

struct fixture {
	char folder[64];
	char *libdir, *host_folder;
	int port;
	pid_t sshd;
	struct host_spec spec;
	struct contact contact;
};

static char *in(const struct fixture *f, const char *name)
{
	return mem_printf("%s/%s", f->folder, name);
}

static int run(const char *const *words)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;

	for (; *words; words++)
		strv_add(&argv, *words);
	spec.argv = &argv;
	spec.limit_ms = 60 * 1000;
	return proc_run(&spec, &end, NULL) < 0 ? -1 : end.exit_status;
}

static int make_key(const struct fixture *f, const char *name)
{
	auto_free char *path = in(f, name);

	return run((const char *const[]){
		"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL});
}

static void write_text(const struct fixture *f, const char *name, const char *text)
{
	auto_free char *path = in(f, name);

	assert_int_equal(fs_write_atomic(path, text, strlen(text), NULL), 0);
}

/* A port that is free now. */
static int free_port(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&address, size) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return -1;
	return ntohs(address.sin_port);
}

/* The client knows the host by the key of this name. */
static void know_key(const struct fixture *f, const char *name)
{
	auto_free char *public = mem_printf("%s/%s.pub", f->folder, name);
	auto_free char *key = NULL, *line = NULL;

	assert_int_equal(fs_read(public, 4096, &key, NULL, NULL), 0);
	line = mem_printf("[127.0.0.1]:%d %s", f->port, key);
	write_text(f, "known", line);
}

static void start_sshd(struct fixture *f)
{
	auto_free char *config = in(f, "sshd_config"), *log = in(f, "sshd.log");
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;

	strv_add(&argv, "/usr/sbin/sshd");
	strv_add(&argv, "-D");
	strv_add(&argv, "-e");
	strv_add(&argv, "-f");
	strv_add(&argv, config);
	spec.argv = &argv;
	spec.log_path = log;
	assert_int_equal(proc_start(&spec, &f->sshd, NULL), 0);
}

static void configure(struct fixture *f)
{
	auto_free char *server = NULL, *client = NULL;

	f->port = free_port();
	server = mem_printf(
		"Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\n"
		"AuthorizedKeysFile %s/user.pub\nPidFile none\nStrictModes no\n"
		"UsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
		"Subsystem sftp internal-sftp\n",
		f->port, f->folder, f->folder);
	client = mem_printf(
		"Host lab\n\tHostName 127.0.0.1\n\tPort %d\n\tIdentityFile %s/user\n"
		"\tIdentitiesOnly yes\n\tUserKnownHostsFile %s/known\n"
		"\tGlobalKnownHostsFile /dev/null\n",
		f->port, f->folder, f->folder);
	write_text(f, "sshd_config", server);
	write_text(f, "client", client);
}

/* The runner of this machine stands where the arm64 one is shipped. */
static int copy_runner(const struct fixture *f)
{
	auto_free char *here = mem_printf("%s/kvmperf-runner", f->libdir);
	char self[256];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	auto_free char *built = NULL;

	if (n < 0)
		return -1;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	built = mem_printf("%s/../here/kvmperf-runner", self);
	return fs_make_folder(f->libdir, NULL) < 0 ? -1 : fs_copy_atomic(built, here, NULL);
}

static int set_up(void **state)
{
	struct fixture *f = MEM_NEW(struct fixture, 1);

	*state = f;
	strcpy(f->folder, "/tmp/kvmperf-test-ssh-XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	if (geteuid() == 0 && mkdir("/run/sshd", 0755) < 0 && errno != EEXIST)
		return -1;
	f->libdir = in(f, "lib");
	f->host_folder = in(f, "state");
	configure(f);
	if (make_key(f, "host") || make_key(f, "other") || make_key(f, "user") ||
		copy_runner(f))
		return -1;
	know_key(f, "host");
	start_sshd(f);
	f->spec = (struct host_spec){
		.name = mem_strdup("lab"),
		.driver = HOST_SSH,
		.cmdline = mem_strdup(""),
		.address = mem_strdup(""),
		.ssh_config = in(f, "client"),
		.runner_folder = in(f, "there/kvmperf"),
	};
	return driver_ssh.take(&f->contact.rig, &f->spec, f->host_folder, f->libdir, NULL);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	contact_clear(&f->contact);
	driver_ssh.release(f->contact.rig);
	proc_stop(f->sshd, 1000);
	fs_remove_tree(f->folder, NULL);
	host_spec_clear(&f->spec);
	free(f->libdir);
	free(f->host_folder);
	free(f);
	return 0;
}

static void reach(struct fixture *f)
{
	struct err err = ERR_INIT;

	if (contact_reach(&f->contact, 30 * 1000, &err) < 0)
		fail_msg("%s", err.text);
}

/* The runner's file there: its name carries the hash. */
static struct stat runner_there(const struct fixture *f)
{
	auto_free char *local = mem_printf("%s/kvmperf-runner", f->libdir), *path = NULL;
	char hash[HASH_HEX_BYTES];
	struct stat st = {0};

	assert_int_equal(hash_file(local, hash, NULL), 0);
	path = mem_printf("%s/kvmperf-runner-%.12s", f->spec.runner_folder, hash);
	assert_int_equal(stat(path, &st), 0);
	return st;
}

static void the_runner_is_put_there_once(void **state)
{
	struct fixture *f = *state;
	struct stat first, second;
	char *facts = NULL;

	reach(f);
	first = runner_there(f);
	assert_int_equal(first.st_mode & 0777, 0755);
	assert_int_equal(link_facts(f->contact.link, &facts, NULL), 0);
	assert_non_null(strstr(facts, "\nrelease: "));
	free(facts);
	contact_drop(&f->contact);
	reach(f);
	second = runner_there(f);
	assert_int_equal(first.st_ino, second.st_ino);
}

/* No machine but an arm64 one takes the image: why not is said, and the work is done. */
static void what_it_can_do_is_tried(void **state)
{
	struct fixture *f = *state;
	auto_free char *check = NULL;
	const char *score;

	reach(f);
	assert_int_equal(link_check(f->contact.link, &check, NULL), 0);
	assert_int_equal(strncmp(check, "kexec: kexec_file_load of ", 26), 0);
	score = strstr(check, "\nscore-us: ");
	assert_non_null(score);
	assert_true(atoi(score + strlen("\nscore-us: ")) > 0);
}

static void a_changed_host_key_is_refused(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	know_key(f, "other");
	assert_int_equal(contact_reach(&f->contact, 30 * 1000, &err), -EKEYREJECTED);
	assert_non_null(
		strstr(err.text, "ssh to host lab is refused: the host key is not the one"));
}

static void an_unknown_host_key_is_refused(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;

	write_text(f, "known", "");
	assert_int_equal(contact_reach(&f->contact, 30 * 1000, &err), -EKEYREJECTED);
	assert_non_null(strstr(err.text, "log in once by hand"));
}

static void a_machine_that_goes_away_is_waited_for(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	char *facts = NULL;

	reach(f);
	proc_stop(f->sshd, 1000);
	driver_ssh.release(f->contact.rig); /* cuts the connection, as a reset does */
	assert_true(link_is_lost(link_facts(f->contact.link, &facts, &err)));
	contact_drop(&f->contact);
	err_clear(&err);
	assert_int_equal(
		driver_ssh.take(&f->contact.rig, &f->spec, f->host_folder, f->libdir, &err), 0);
	assert_int_equal(contact_reach(&f->contact, 2000, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "host lab "));
	start_sshd(f);
	reach(f);
}

static void a_kernel_that_stays_is_told_from_another(void **state)
{
	struct fixture *f = *state;
	struct err err = ERR_INIT;
	auto_free char *boot_id = NULL;

	reach(f);
	boot_id = mem_strdup(f->contact.boot_id);
	assert_int_equal(contact_await(&f->contact, boot_id, 700, &err), 0);
	assert_int_equal(contact_await(&f->contact, "another", 30 * 1000, &err), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_runner_is_put_there_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_it_can_do_is_tried, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_changed_host_key_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_unknown_host_key_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_machine_that_goes_away_is_waited_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_kernel_that_stays_is_told_from_another, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
