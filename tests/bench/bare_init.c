/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Process 1 of the machine that the bench drives by hand: what somebody would
 * write who has no kvmperf. What is in its initramfs says what it does:
 *
 *	/Image, /initrd, /cmdline	enters that kernel by kexec
 *	/commands			runs these lines, one after the other, with
 *					/environment; what they say goes to the port
 *	nothing				says that it is there
 *
 * and then it resets the machine.
 */
#include <fcntl.h>
#include <glob.h>
#include <linux/reboot.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define WORDS_MAX      64

static void give_up(const char *what)
{
	perror(what);
	reboot(LINUX_REBOOT_CMD_RESTART);
}

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		perror(path);
	close(fd);
}

static void mount_all(void)
{
	static const char *const mounts[][2] = {{"proc", "/proc"}, {"sysfs", "/sys"},
		{"devtmpfs", "/dev"}, {"tmpfs", "/run"}, {"tmpfs", "/tmp"}};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i][1], 0755);
		mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL);
	}
}

/* The virtio port, which comes a moment after us. */
static int open_port(void)
{
	for (;;) {
		struct timespec step = {0, 1000000};
		glob_t found;
		int fd = -1;

		if (glob("/dev/vport*", 0, NULL, &found) == 0)
			fd = open(found.gl_pathv[0], O_WRONLY);
		globfree(&found);
		if (fd >= 0)
			return fd;
		nanosleep(&step, NULL);
	}
}

/* Cuts a line into its words, in place; returns how many. */
static size_t words_of(char *line, char **words)
{
	size_t count = 0;

	for (char *word = strtok(line, " \n"); word && count < WORDS_MAX - 1;
		word = strtok(NULL, " \n"))
		words[count++] = word;
	words[count] = NULL;
	return count;
}

static void enter_image(void)
{
	int image = open("/Image", O_RDONLY), initrd = open("/initrd", O_RDONLY);
	FILE *file = fopen("/cmdline", "re");
	char line[LINE_MAX_BYTES * 2];

	if (!file || !fgets(line, sizeof(line), file))
		give_up("/cmdline");
	line[strcspn(line, "\n")] = '\0';
	if (syscall(SYS_kexec_file_load, image, initrd, strlen(line) + 1, line, 0UL) < 0)
		give_up("kexec_file_load");
	reboot(LINUX_REBOOT_CMD_KEXEC);
	give_up("kexec");
}

static void prepare(void)
{
	put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	put("/sys/kernel/mm/transparent_hugepage/khugepaged/defrag", "0");
	put("/proc/sys/kernel/randomize_va_space", "0");
	put("/proc/sys/vm/compaction_proactiveness", "0");
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run(char *line, char **env, int port)
{
	int64_t start_ms = now_ms();
	char *argv[WORDS_MAX], end[64];
	int status;
	pid_t pid;

	words_of(line, argv);
	pid = fork();
	if (pid == 0) {
		dup2(port, 1);
		dup2(port, 2);
		dup2(port, 3); /* for the probe */
		execve(argv[0], argv, env);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		give_up(argv[0]);
	snprintf(end, sizeof(end), "bare: status %d ms %lld\n", status,
		(long long)(now_ms() - start_ms));
	if (write(port, end, strlen(end)) < 0)
		perror("port");
}

static void run_all(FILE *commands, int port)
{
	char line[LINE_MAX_BYTES], environment[LINE_MAX_BYTES] = "", *env[WORDS_MAX];
	FILE *file = fopen("/environment", "re");

	if (!file || !fgets(environment, sizeof(environment), file))
		give_up("/environment");
	words_of(environment, env);
	prepare();
	while (fgets(line, sizeof(line), commands))
		run(line, env, port);
}

int main(void)
{
	static const char golden[] = "bare: golden\n";
	FILE *commands;
	int port;

	mount_all();
	if (access("/Image", R_OK) == 0)
		enter_image();
	port = open_port();
	commands = fopen("/commands", "re");
	if (commands)
		run_all(commands, port);
	else if (write(port, golden, sizeof(golden) - 1) < 0)
		give_up("port");
	reboot(LINUX_REBOOT_CMD_RESTART);
	return 1;
}
