/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/ssh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "io/hash.h"
#include "model/host.h"
#include "string/str.h"
#include "sys/fs.h"
#include "sys/lock.h"
#include "sys/proc.h"
#include "sys/tail.h"

enum {
	CONNECT_MS = 15 * 1000, /* from dialling to being let in */
	PUSH_MS = 120 * 1000,
	ASK_MS = 30 * 1000,
	SAID_MAX = 64 * 1024,
};

struct ssh {
	struct rig rig;
	const char *libdir;
	int lock_fd;
	pid_t master, serve; /* 0: none */
	char *folder, *log;
	char *private, *control; /* folder and socket of the master connection */
	char *runner;		 /* its path there */
};

static struct ssh *of(struct rig *rig)
{
	return (struct ssh *)rig;
}

/* ---- command lines ---- */

/* What every call has; the host and its words follow. */
static void add_call(struct strv *argv, const struct ssh *ssh, const char *program)
{
	static const char *const options[] = {
		"BatchMode=yes",
		"StrictHostKeyChecking=yes",
		"ConnectTimeout=10",
		"ServerAliveInterval=5",
		"ServerAliveCountMax=3",
		"ForwardAgent=no",
		"ForwardX11=no",
		"PermitLocalCommand=no",
		"ControlPersist=no", /* the master stays our child */
		"RequestTTY=no",
		"EscapeChar=none",
	};

	strv_add(argv, program);
	if (*ssh->rig.spec->ssh_config) {
		strv_add(argv, "-F");
		strv_add(argv, ssh->rig.spec->ssh_config);
	}
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		strv_add(argv, "-o");
		strv_add(argv, options[i]);
	}
	strv_add(argv, "-o");
	strv_addf(argv, "ControlPath=%s", ssh->control);
}

static void add_address(struct strv *argv, const struct ssh *ssh)
{
	const struct host_spec *spec = ssh->rig.spec;

	strv_add(argv, "--");
	strv_add(argv, *spec->address ? spec->address : spec->name);
}

static void add_runner(struct strv *argv, const struct ssh *ssh)
{
	add_address(argv, ssh);
	strv_add_all(argv, &ssh->rig.spec->become);
	strv_add(argv, ssh->runner);
}

/* ---- the master connection ---- */

static void hang_up(struct ssh *ssh)
{
	proc_stop(ssh->serve, 0);
	proc_stop(ssh->master, 0);
	ssh->serve = ssh->master = 0;
	unlink(ssh->control);
}

static bool is_alive(pid_t *pid)
{
	struct proc_end end;

	if (*pid > 0 && proc_has_ended(*pid, &end))
		*pid = 0;
	return *pid > 0;
}

/* Why the master ended: its own words, and whether waiting helps. */
static int refused(const struct ssh *ssh, int64_t mark, struct err *err)
{
	static const struct {
		const char *saying;
		int code;
		const char *advice;
	} rows[] = {
		{"HOST IDENTIFICATION HAS CHANGED", -EKEYREJECTED,
			"the host key is not the one that is known; when the machine was "
			"installed anew, remove the old key with ssh-keygen -R"},
		{"Host key verification failed", -EKEYREJECTED,
			"the host key is not known; log in once by hand to accept it"},
		{"Permission denied", -EACCES, "no key is accepted; try: ssh -o BatchMode=yes"},
		{"Bad configuration option", -EINVAL, "the ssh configuration cannot be read"},
	};
	const char *name = ssh->rig.spec->name;
	auto_free char *said = NULL;
	char *last;

	tail_read(ssh->log, mark, SAID_MAX, &said, NULL, NULL);
	for (size_t i = 0; said && i < ARRAY_SIZE(rows); i++)
		if (strstr(said, rows[i].saying))
			return err_set(err, rows[i].code, "ssh to host %s is refused: %s (%s)",
				name, rows[i].advice, ssh->log);
	last = said ? strrchr(text_trim(said), '\n') : NULL;
	return err_set(err, -EAGAIN, "host %s cannot be reached: %s", name,
		last ? last + 1 : (said && *said ? said : "ssh said nothing"));
}

static int dial(struct ssh *ssh, int64_t limit_ms, struct err *err)
{
	int64_t mark = tail_mark(ssh->log), begun_ms = clock_monotonic_ms(&clock_real);
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	int r;

	if (is_alive(&ssh->master) && fs_exists(ssh->control))
		return 0;
	hang_up(ssh);
	add_call(&argv, ssh, "ssh");
	strv_add(&argv, "-M");
	strv_add(&argv, "-N");
	add_address(&argv, ssh);
	spec.argv = &argv;
	spec.log_path = ssh->log;
	r = proc_start(&spec, &ssh->master, err);
	while (r == 0 && !fs_exists(ssh->control)) {
		int64_t now_ms = clock_monotonic_ms(&clock_real);

		if (!is_alive(&ssh->master))
			return refused(ssh, mark, err);
		if (now_ms - begun_ms > (limit_ms < CONNECT_MS ? limit_ms : CONNECT_MS)) {
			hang_up(ssh);
			return err_set(err, -EAGAIN, "host %s does not let us in",
				ssh->rig.spec->name);
		}
		if (!stop_sleep_ms(20))
			return err_set(err, -EINTR, "stopped");
	}
	return r;
}

/* ---- the runner there ---- */

/* Runs a call to its end: 1 when it ended well, 0 when not. */
static int call(struct ssh *ssh, const struct strv *argv, int64_t limit_ms, struct err *err)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;
	int r;

	spec.argv = argv;
	spec.folder = ssh->libdir;
	spec.log_path = ssh->log;
	spec.limit_ms = limit_ms;
	r = proc_run(&spec, &end, err);
	return r < 0 ? r : end.exit_status == 0;
}

static int runner_is_there(struct ssh *ssh, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;

	add_call(&argv, ssh, "ssh");
	add_runner(&argv, ssh);
	strv_add(&argv, "--version");
	return call(ssh, &argv, ASK_MS, err);
}

/* What sftp is to do: folder by folder, then the file under a name that is not used yet. */
static char *make_batch(const struct ssh *ssh)
{
	const char *folder = ssh->rig.spec->runner_folder;
	auto_str struct str batch = STR_INIT;

	for (const char *at = folder + 1; (at = strchr(at, '/')); at++)
		str_addf(&batch, "-mkdir %.*s\n", (int)(at - folder), folder);
	str_addf(&batch, "-mkdir %s\n-rm %s/kvmperf-runner-*\n", folder, folder);
	str_addf(&batch, "put kvmperf-runner %s.new\nchmod 755 %s.new\nrename %s.new %s\n",
		ssh->runner, ssh->runner, ssh->runner, ssh->runner);
	return str_take(&batch);
}

static int push(struct ssh *ssh, struct err *err)
{
	auto_free char *batch = make_batch(ssh), *path = mem_printf("%s/sftp", ssh->folder);
	auto_strv struct strv argv = STRV_INIT;
	int r = fs_write_atomic(path, batch, strlen(batch), err);

	if (r < 0)
		return r;
	add_call(&argv, ssh, "sftp");
	strv_add(&argv, "-q");
	strv_add(&argv, "-b");
	strv_add(&argv, path);
	add_address(&argv, ssh);
	r = call(ssh, &argv, PUSH_MS, err);
	if (r == 0)
		return err_set(err, -EAGAIN, "host %s: the runner could not be put into %s",
			ssh->rig.spec->name, ssh->rig.spec->runner_folder);
	return r < 0 ? r : 0;
}

static int have_runner(struct ssh *ssh, struct err *err)
{
	int r = runner_is_there(ssh, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = push(ssh, err);
	if (r == 0)
		r = runner_is_there(ssh, err);
	if (r != 0)
		return r < 0 ? r : 0;
	return err_set(err, is_alive(&ssh->master) ? -ENOEXEC : -EAGAIN,
		"host %s does not execute %s (an arm64 program; is the folder mounted noexec, "
		"does become work without a password?)",
		ssh->rig.spec->name, ssh->runner);
}

static int start_serving(struct ssh *ssh, int *ret_fd, struct err *err)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;

	add_call(&argv, ssh, "ssh");
	add_runner(&argv, ssh);
	strv_add(&argv, "serve");
	strv_add(&argv, "--may-reboot");
	strv_add(&argv, "--store");
	strv_addf(&argv, "%s/store", ssh->rig.spec->runner_folder);
	spec.argv = &argv;
	spec.log_path = ssh->log;
	proc_stop(ssh->serve, 0);
	ssh->serve = 0;
	return proc_start_talk(&spec, &ssh->serve, ret_fd, err);
}

static int connect_runner(struct rig *rig, int64_t limit_ms, int *ret_fd, struct err *err)
{
	struct ssh *ssh = of(rig);
	int r = dial(ssh, limit_ms, err);

	if (r == 0)
		r = have_runner(ssh, err);
	return r < 0 ? r : start_serving(ssh, ret_fd, err);
}

/* The connection ends with the machine: only whether there was one tells. */
static int press_sysrq(struct rig *rig, struct err *err)
{
	struct ssh *ssh = of(rig);
	auto_strv struct strv argv = STRV_INIT;
	int r;

	hang_up(ssh);
	r = dial(ssh, CONNECT_MS, err);
	if (r < 0)
		return r;
	add_call(&argv, ssh, "ssh");
	add_runner(&argv, ssh);
	strv_add(&argv, "sysrq-reset");
	r = call(ssh, &argv, ASK_MS, err);
	hang_up(ssh);
	return r < 0 ? r : 0;
}

/* ---- taking and letting go ---- */

static void release(struct rig *rig)
{
	struct ssh *ssh = of(rig);

	if (!ssh)
		return;
	hang_up(ssh);
	if (ssh->private)
		fs_remove_tree(ssh->private, NULL);
	mem_close_fd(&ssh->lock_fd);
	free(ssh->folder);
	free(ssh->log);
	free(ssh->private);
	free(ssh->control);
	free(ssh->runner);
	free(ssh);
}

static int prepare(struct ssh *ssh, struct err *err)
{
	auto_free char *lock = mem_printf("%s/lock", ssh->folder);
	auto_free char *local = mem_printf("%s/kvmperf-runner", ssh->libdir);
	char hash[HASH_HEX_BYTES];
	int r = fs_make_folder(ssh->folder, err);

	if (r == 0)
		r = lock_take(lock, &ssh->lock_fd, err);
	if (r == 0)
		r = hash_file(local, hash, err);
	if (r < 0)
		return err_note(err, "host %s", ssh->rig.spec->name);
	unlink(ssh->log); /* only this session reads it, and it would grow for ever */
	ssh->runner = mem_printf("%s/kvmperf-runner-%.12s", ssh->rig.spec->runner_folder, hash);
	/* Short, because the path of a socket has 107 bytes. */
	ssh->private = mem_strdup("/tmp/kvmperf-ssh-XXXXXX");
	if (!mkdtemp(ssh->private)) {
		free(take_ptr(ssh->private));
		return err_sys(err, -errno, "cannot make a folder in /tmp");
	}
	free(ssh->control);
	ssh->control = mem_printf("%s/control", ssh->private);
	return 0;
}

static int take(struct rig **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct ssh *ssh = MEM_NEW(struct ssh, 1);
	int r;

	ssh->rig = (struct rig){.driver = &driver_ssh, .spec = spec};
	ssh->rig.cmdline = *spec->cmdline ? spec->cmdline : NULL;
	ssh->libdir = libdir;
	ssh->lock_fd = -1;
	ssh->folder = mem_strdup(folder);
	ssh->log = mem_printf("%s/ssh.log", folder);
	ssh->control = mem_strdup("");
	r = prepare(ssh, err);
	if (r < 0) {
		release(&ssh->rig);
		return r;
	}
	*ret = &ssh->rig;
	return 0;
}

static int check(struct rig *rig, struct err *err)
{
	(void)rig;
	(void)err;
	return 0; /* nothing outside tells */
}

const struct driver driver_ssh = {
	.take = take,
	.release = release,
	.connect = connect_runner,
	.check = check,
	.sysrq = press_sysrq,
};
