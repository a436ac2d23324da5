/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_LINK_H
#define IO_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "string/str.h"
#include "string/strv.h"

/*
 * The daemon's end of the link: one conversation with a kvmperf-runner over a
 * byte stream. The protocol is described in
 * text/wire.h; each verb there is a function here.
 *
 * All functions return 0 or a negative errno with a sentence:
 *	-EINTR		stopping was asked for
 *	-ETIMEDOUT	the runner was silent for too long
 *	-EPIPE		the stream ended
 *	-EBADMSG	an answer that is not one
 * and anything else is the runner's own answer ("cannot execute ..."). After
 * the first three the conversation is lost until link_hello() succeeds.
 */
struct link;

/* Takes a connected stream socket; name is for sentences. */
struct link *link_open(const char *name, int fd);
void link_close(struct link *link);

/* Is this code one of the link's own faults, not an answer of the runner? */
bool link_is_lost(int code);

struct link_hello {
	char *version; /* of the runner */
	char *boot_id;
	char *release;
	bool is_init; /* so it can kexec and reset */
};
void link_hello_clear(struct link_hello *hello);

/*
 * Begins a conversation: throws away what is left of an older one and waits
 * until the runner answers, however often it has to be called.
 */
int link_hello(struct link *link, int64_t limit_ms, struct link_hello *ret, struct err *err);

/* "key: value" lines, see runner/facts.h; the caller frees. */
int link_facts(struct link *link, char **ret, struct err *err);
int link_dmesg(struct link *link, char **ret, struct err *err);
int link_check(struct link *link, char **ret, struct err *err);

/*
 * Puts a local file, whose SHA-256 the caller knows, there under a plain name
 * (letters, digits, "._-") and returns its path; only what is missing travels.
 * The caller frees.
 */
int link_put(struct link *link, const char *local_path, const char *hash, const char *name,
	unsigned mode, char **ret_path, struct err *err);

/*
 * pin: the CPUs of the test, "" for none. *ret_report (the caller frees) says what was
 * changed; it is set also when a setting failed.
 */
int link_prepare(struct link *link, int64_t huge_page_bytes, int huge_pages, bool wants_thp,
	const char *pin, char **ret_report, struct err *err);

/* What a program left behind; zero-initialise, link_run_clear() frees. */
struct link_run {
	int exit_status; /* -1 when a signal ended it */
	int signal;
	bool timed_out;
	int64_t started_unix_ms;
	int64_t duration_ms;
	uint64_t thp_served, thp_fell_back, huge_pages_in_use;
	struct str output, errors, probe; /* raw */
};
void link_run_clear(struct link_run *run);

/*
 * Runs a program to its end or limit. When stopping is asked for, the program
 * is killed and -EINTR returned with the conversation intact.
 */
int link_run(struct link *link, const struct strv *argv, const struct strv *env,
	int64_t limit_ms, struct link_run *ret, struct err *err);

/* Loads and enters a kernel; the conversation ends. Paths are those of link_put(). */
int link_kexec(struct link *link, const char *image, const char *initrd, const char *cmdline,
	struct err *err);

/* Resets the machine into its golden kernel; the conversation ends. */
int link_restore(struct link *link, struct err *err);

#endif
