/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "undo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/swap.h>
#include <unistd.h>

#include "base/mem.h"
#include "files.h"
#include "string/strv.h"

#define HEAD	    "kvmperf-prepared 1 "
#define STATE_LIMIT (1024 * 1024)

void undo_init(struct undo *undo, const char *path)
{
	undo->path = mem_strdup(path);
	undo->fd = -1;
}

void undo_clear(struct undo *undo)
{
	mem_close_fd(&undo->fd);
	free(undo->path);
	undo->path = NULL;
}

char *undo_read(const char *path)
{
	auto_free char *line = files_line(path);
	char *open = line ? strchr(line, '[') : NULL;
	char *close = open ? strchr(open, ']') : NULL;

	return close ? mem_strndup(open + 1, (size_t)(close - open - 1)) : take_ptr(line);
}

/* ---- the file ---- */

static char *head_line(void)
{
	auto_free char *boot_id = files_line("/proc/sys/kernel/random/boot_id");

	return mem_printf(HEAD "%s", boot_id ? boot_id : "?");
}

/* On disk before it returns: the machine may lose its runner, and its power, at any time. */
static int append(int fd, const char *line, struct err *err)
{
	size_t length = strlen(line);

	if (write(fd, line, length) != (ssize_t)length || fdatasync(fd) < 0)
		return err_sys(err, errno ? -errno : -EIO, "cannot note \"%.*s\"",
			(int)strcspn(line, "\n"), line);
	return 0;
}

/* A kernel without file locks is a small one of ours, with one runner: its init. */
static bool take_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno == ENOSYS;
}

static void put_back_lines(int fd, struct str *ret, int *refused);

/* Opens the file and locks it; what is in it is put back first. */
static int take_file(struct undo *undo, struct err *err)
{
	auto_free char *head = head_line();
	auto_free char *line = mem_printf("%s\n", head);
	auto_close int fd = open(undo->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	auto_str struct str told = STR_INIT;
	int refused = 0;

	if (fd < 0)
		return err_sys(err, -errno, "cannot open %s", undo->path);
	if (!take_lock(fd))
		return err_set(err, -EBUSY,
			"another runner has prepared this machine and is at work (%s)",
			undo->path);
	put_back_lines(fd, &told, &refused);
	if (append(fd, line, err) < 0)
		return err->code;
	undo->fd = take_fd(&fd);
	return 0;
}

static int note(struct undo *undo, const char *line, struct err *err)
{
	int r = undo->fd < 0 ? take_file(undo, err) : 0;

	return r < 0 ? r : append(undo->fd, line, err);
}

int undo_note_value(struct undo *undo, const char *path, const char *old, struct err *err)
{
	auto_free char *line = mem_printf("set\t%s\t%s\n", path, old);

	return note(undo, line, err);
}

int undo_note_swap(struct undo *undo, const char *path, int priority, struct err *err)
{
	auto_free char *line = mem_printf("swap\t%s\t%d\n", path, priority);

	return note(undo, line, err);
}

int undo_note_process(struct undo *undo, const char *path, const char *name, struct err *err)
{
	auto_free char *line = mem_printf("stop\t%s\t%s\n", path, name);

	return note(undo, line, err);
}

/* ---- putting back ---- */

static bool set_value(const char *path, const char *value, struct str *ret)
{
	auto_free char *before = undo_read(path), *now = NULL;

	if (before && strcmp(before, value) == 0)
		return true; /* noted, and never changed */
	files_write(path, value, NULL);
	now = undo_read(path);
	if (now && strcmp(now, value) == 0) {
		str_addf(ret, "%s: %s -> %s\n", path, before ? before : "?", now);
		return true;
	}
	str_addf(ret, "%s: still %s, it was %s\n", path, now ? now : "unreadable", value);
	return false;
}

static bool swap_on(const char *path, int priority, struct str *ret)
{
	int flags = priority < 0 ? 0
				 : SWAP_FLAG_PREFER | (priority << SWAP_FLAG_PRIO_SHIFT &
							      SWAP_FLAG_PRIO_MASK);
	bool is_on = swapon(path, flags) == 0 || errno == EBUSY;

	str_addf(ret, "/proc/swaps: %s -> %s\n", path, is_on ? "on" : "still off");
	return is_on;
}

/* One that is no more, or another one by now, is left alone. */
static bool let_go_on(const char *path, const char *name, struct str *ret)
{
	auto_free char *now = files_line(path);
	pid_t pid = text_starts(path, "/proc/") ? (pid_t)atoi(path + strlen("/proc/")) : 0;

	if (pid <= 0 || !now || strcmp(now, name) != 0)
		return true;
	if (kill(pid, SIGCONT) < 0)
		return false;
	str_addf(ret, "%s, process %d: goes on\n", name, (int)pid);
	return true;
}

/* One line; those that make no sense are left alone. */
static bool put_back(const char *text, struct str *ret)
{
	auto_strv struct strv fields = STRV_INIT;

	strv_split(&fields, text, "\t");
	if (fields.count != 3 || fields.items[1][0] != '/')
		return true;
	if (strcmp(fields.items[0], "set") == 0)
		return set_value(fields.items[1], fields.items[2], ret);
	if (strcmp(fields.items[0], "swap") == 0)
		return swap_on(fields.items[1], atoi(fields.items[2]), ret);
	if (strcmp(fields.items[0], "stop") == 0)
		return let_go_on(fields.items[1], fields.items[2], ret);
	return true;
}

static void put_back_lines(int fd, struct str *ret, int *refused)
{
	auto_str struct str text = STR_INIT;
	auto_strv struct strv lines = STRV_INIT;
	auto_free char *head = head_line();
	char bytes[4096];
	ssize_t n;
	off_t at = 0;

	while (text.length < STATE_LIMIT && (n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		str_add_bytes(&text, bytes, (size_t)n);
		at += n;
	}
	/* What follows the last newline was not acted on. */
	while (text.length && text.text[text.length - 1] != '\n')
		text.text[--text.length] = '\0';
	strv_split(&lines, str_text(&text), "\n");
	if (lines.count && strcmp(lines.items[0], head) == 0)
		for (size_t i = lines.count; i-- > 1;)
			*refused += !put_back(lines.items[i], ret);
	if (ftruncate(fd, 0) < 0)
		str_addf(ret, "cannot empty the list of changes: %s\n", strerror(errno));
}

int undo_all(struct undo *undo, struct str *ret)
{
	int refused = 0;

	if (undo->fd < 0)
		return 0;
	put_back_lines(undo->fd, ret, &refused);
	mem_close_fd(&undo->fd);
	return refused;
}

int undo_left(const char *path, struct str *ret)
{
	auto_close int fd = open(path, O_RDWR | O_CLOEXEC);
	int refused = 0;

	if (fd >= 0 && take_lock(fd))
		put_back_lines(fd, ret, &refused);
	return refused;
}
