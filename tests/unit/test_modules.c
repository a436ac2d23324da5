/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules of a kernel, put on a machine by the real runner, which runs the
 * machine's real tar, ln and find. Programs that would touch this machine
 * (depmod, mkinitramfs, dracut) are stand-ins, first on the PATH there; they
 * write down how they were called.
 */
#include "driver/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

#include "base/mem.h"
#include "io/pack.h"
#include "serve.h"

struct machine {
	char *folder, *private, *links, *boot, *programs, *path;
	struct kernel kernel;
	struct modules_place place;
	pid_t runner;
	struct link *link;
};

#define RELEASE "6.12.1-g0123456789ab-c1234"

static void put_program(const struct machine *m, const char *name, const char *body)
{
	auto_free char *path = mem_printf("%s/%s", m->programs, name);
	auto_free char *text = mem_printf(
		"#!/bin/sh\necho \"$(basename \"$0\") $*\" >> %s/calls\n%s\n", m->folder, body);

	scratch_write(path, text);
	assert_int_equal(chmod(path, 0755), 0);
}

static char *below(const struct machine *m, const char *name)
{
	return mem_printf("%s/%s", m->folder, name);
}

static void make_folder(const char *path)
{
	assert_int_equal(fs_make_folder(path, NULL), 0);
}

static void make_archive(const struct machine *m)
{
	auto_free char *tree = below(m, "tree/lib/modules/" RELEASE "/kernel");
	auto_free char *file = mem_printf("%s/a.ko", tree), *top = below(m, "tree");
	auto_free char *out = mem_printf("%s/../build", tree);
	auto_free char *archive = below(m, "kernel/modules.tar.gz");

	make_folder(tree);
	scratch_write(file, "a module");
	assert_int_equal(symlink("/usr/src/linux", out), 0);
	assert_int_equal(pack_folder(top, archive, NULL), 0);
}

static void start_runner(struct machine *m)
{
	auto_free char *store = below(m, "store");
	struct link_hello hello = {0};
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	m->runner = fork();
	if (m->runner == 0) {
		struct channel channel = {.in = pair[1], .out = pair[1]};
		struct err err = ERR_INIT;

		close(pair[0]);
		fcntl(pair[1], F_SETFL, O_NONBLOCK);
		_exit(serve(&channel, store, false, false, &err) < 0);
	}
	close(pair[1]);
	m->link = link_open("lab1", pair[0]);
	assert_int_equal(link_hello(m->link, 5000, &hello, NULL), 0);
	link_hello_clear(&hello);
}

static int set_up(void **state)
{
	struct machine *m = MEM_NEW(struct machine, 1);
	auto_free char *kernel = NULL, *config = NULL;

	m->folder = scratch_make();
	m->private = below(m, "var/kvmperf");
	m->links = below(m, "lib/modules");
	m->boot = below(m, "boot");
	m->programs = below(m, "bin");
	m->path = mem_printf("%s:/usr/bin:/bin", m->programs);
	m->place = (struct modules_place){m->private, m->links, m->boot, m->path};
	kernel = below(m, "kernel");
	make_folder(kernel);
	make_folder(m->links);
	make_folder(m->boot);
	make_folder(m->programs);
	m->kernel.image_path = mem_printf("%s/image", kernel);
	m->kernel.release = mem_strdup(RELEASE);
	put_program(m, "depmod", "");
	make_archive(m);
	config = mem_printf("%s/config", kernel);
	scratch_write(config, "CONFIG_RD_GZIP=y\n");
	start_runner(m);
	*state = m;
	return 0;
}

static int tear_down(void **state)
{
	struct machine *m = *state;

	link_close(m->link);
	kill(m->runner, SIGKILL);
	waitpid(m->runner, NULL, 0);
	kernel_clear(&m->kernel);
	scratch_remove(m->folder);
	free(m->private);
	free(m->links);
	free(m->boot);
	free(m->programs);
	free(m->path);
	free(m);
	return 0;
}

static char *calls(const struct machine *m)
{
	auto_free char *path = below(m, "calls");
	char *text = NULL;

	assert_int_equal(fs_read(path, 10000, &text, NULL, NULL), 0);
	unlink(path);
	return text;
}

static void assert_installed(const struct machine *m, const char *initramfs, const char *tool)
{
	auto_free char *module = mem_printf("%s/" RELEASE "/kernel/a.ko", m->links);
	auto_free char *out = mem_printf("%s/" RELEASE "/build", m->links);
	auto_free char *text = NULL, *target = mem_printf("%s/" RELEASE, m->links);
	struct stat st;

	assert_int_equal(fs_read(module, 100, &text, NULL, NULL), 0);
	assert_string_equal(text, "a module");
	assert_int_equal(lstat(target, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat(out, &st), -1); /* it would lead out of the tree */
	assert_int_equal(strncmp(initramfs, m->private, strlen(m->private)), 0);
	free(take_ptr(text));
	assert_int_equal(fs_read(initramfs, 100, &text, NULL, NULL), 0);
	assert_string_equal(text, tool);
}

static void test_initramfs_tools(void **state)
{
	struct machine *m = *state;
	auto_free char *initramfs = NULL, *again = NULL, *said = NULL, *wanted = NULL;
	auto_free char *config = NULL;
	struct err err = ERR_INIT;

	/* As the real one: the kernel must be able to unpack what it makes. */
	put_program(m, "mkinitramfs",
		"grep -q RD_GZIP=y \"${0%/*}/../boot/config-$3\" || exit 1\n"
		"printf by-initramfs-tools > \"$2\"");
	put_program(m, "dracut", "exit 9");
	if (modules_install(m->link, &m->kernel, &m->place, &initramfs, &err) < 0)
		fail_msg("%s", err.text);
	assert_installed(m, initramfs, "by-initramfs-tools");
	said = calls(m);
	wanted = mem_printf(
		"depmod " RELEASE "\nmkinitramfs -o %s.new " RELEASE "\n", initramfs);
	assert_string_equal(said, wanted);
	config = mem_printf("%s/config-" RELEASE, m->boot);
	assert_int_equal(access(config, F_OK), -1); /* nothing stays in /boot */
	/* The second time nothing is made. */
	assert_int_equal(modules_install(m->link, &m->kernel, &m->place, &again, &err), 0);
	assert_string_equal(again, initramfs);
	free(wanted);
	wanted = below(m, "calls");
	assert_false(fs_exists(wanted));
}

static void test_dracut(void **state)
{
	struct machine *m = *state;
	auto_free char *initramfs = NULL;
	struct err err = ERR_INIT;

	/* This machine may have the other tool: the PATH there has what it has not. */
	put_program(m, "mkinitramfs", "exit 127");
	put_program(m, "dracut", "printf by-dracut > \"$4\"");
	if (modules_install(m->link, &m->kernel, &m->place, &initramfs, &err) < 0)
		fail_msg("%s", err.text);
	assert_installed(m, initramfs, "by-dracut");
}

static void test_no_tool(void **state)
{
	struct machine *m = *state;
	auto_free char *initramfs = NULL;
	struct err err = ERR_INIT;

	put_program(m, "mkinitramfs", "exit 127");
	put_program(m, "dracut", "exit 127");
	assert_int_equal(
		modules_install(m->link, &m->kernel, &m->place, &initramfs, &err), -EREMOTEIO);
	assert_non_null(strstr(err.text, "neither initramfs-tools nor dracut"));
	assert_null(initramfs);
}

static void test_tool_fails(void **state)
{
	struct machine *m = *state;
	auto_free char *initramfs = NULL;
	struct err err = ERR_INIT;

	put_program(m, "mkinitramfs", "echo one >&2; echo 'No space left' >&2; exit 1");
	assert_int_equal(
		modules_install(m->link, &m->kernel, &m->place, &initramfs, &err), -EREMOTEIO);
	assert_string_equal(err.text,
		"modules of kernel " RELEASE ": mkinitramfs ends with status 1: No space left");
}

static void test_none(void **state)
{
	struct machine *m = *state;
	auto_free char *archive = below(m, "kernel/modules.tar.gz");
	char *initramfs = (char *)(uintptr_t) "x";

	unlink(archive);
	assert_int_equal(modules_install(m->link, &m->kernel, &m->place, &initramfs, NULL), 0);
	assert_null(initramfs);
	assert_false(fs_exists(m->private));
}

static void test_tidy(void **state)
{
	static const struct timespec old[2] = {{1000000, 0}, {1000000, 0}};
	struct machine *m = *state;
	auto_free char *initramfs = NULL, *tree = mem_printf("%s/modules/6.1-old", m->private);
	auto_free char *link_path = mem_printf("%s/6.1-old", m->links);
	auto_free char *golden = mem_printf("%s/6.1.0-18-arm64", m->links);
	struct stat st;

	put_program(m, "mkinitramfs", "printf x > \"$2\"");
	make_folder(tree);
	make_folder(golden);
	assert_int_equal(symlink(tree, link_path), 0);
	assert_int_equal(utimensat(AT_FDCWD, tree, old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, golden, old, 0), 0);
	assert_int_equal(modules_install(m->link, &m->kernel, &m->place, &initramfs, NULL), 0);
	assert_int_equal(lstat(tree, &st), -1);
	assert_int_equal(lstat(link_path, &st), -1);
	assert_true(fs_exists(golden));
	assert_true(fs_exists(initramfs));
}

#define MACHINE set_up, tear_down, NULL

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"initramfs-tools make the initramfs, once", test_initramfs_tools, MACHINE},
		{"dracut makes it where the other is not", test_dracut, MACHINE},
		{"a host without either is told what to do", test_no_tool, MACHINE},
		{"a tool that fails has the last word", test_tool_fails, MACHINE},
		{"a kernel without modules needs nothing", test_none, MACHINE},
		{"old trees go, and golden's stay", test_tidy, MACHINE},
	};

	return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
