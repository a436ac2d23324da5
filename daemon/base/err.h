/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

/*
 * One sentence about what went wrong, owned by the caller of a function that
 * can fail. The function returns a negative errno; the sentence names the
 * thing (host, commit, file:line), what was expected and what was found. It is
 * set where the fault is learned, gets context at the borders (err_note), and
 * is printed once, at the top. What is quoted in it may be hostile: of control
 * characters only a '?' is left.
 */
struct err {
	int code;	 /* the negative errno, 0 while nothing failed */
	char text[1024]; /* cut with "..." when longer */
};

#define ERR_INIT      \
	{             \
		0, "" \
	}

/*
 * Sets code and sentence and returns code, so that `return err_set(...)` works.
 * code must be negative. err may be NULL: then only the code is returned.
 */
int err_set(struct err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with ": " and the text of strerror(-code) behind the sentence. */
int err_sys(struct err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " before the sentence; returns its code, -1 when err is NULL. */
int err_note(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *err);

#endif
