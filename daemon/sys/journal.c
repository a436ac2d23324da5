/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/journal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"

static const char *const message_ids[JOURNAL_EVENT_COUNT] = {
	[JOURNAL_PLAIN] = "",
	[JOURNAL_JOB_ENDED] = "dadc4e5dd2294ff19db6a32e19499b46",
	[JOURNAL_KERNEL_FAILED] = "81c25be08e6e41e3a5a4b93e6283ce77",
	[JOURNAL_HOST_QUARANTINED] = "7e5fa5d253a143b086451c28d7402fcb",
	[JOURNAL_REGRESSION] = "3b0c42e7abc24427b9202e3f2c5a0c04",
	[JOURNAL_CANNOT_GO_ON] = "9b98594a51e14f8c9b94005fb13588d6",
};

static const int priorities[] = {
	[JOURNAL_ERROR] = LOG_ERR,
	[JOURNAL_WARNING] = LOG_WARNING,
	[JOURNAL_INFO] = LOG_INFO,
};

const char *journal_message_id(enum journal_event event)
{
	assert(event < JOURNAL_EVENT_COUNT);
	return message_ids[event];
}

/* Is our stderr the journal's? Then it takes fields as well. */
static bool is_connected(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat stat;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &stat) == 0 && stat.st_dev == device &&
	       stat.st_ino == inode;
}

static void add_fields(struct strv *fields, const struct journal_about *about)
{
	if (about->event != JOURNAL_PLAIN)
		strv_addf(fields, "MESSAGE_ID=%s", message_ids[about->event]);
	if (about->job)
		strv_addf(fields, "JOB=%" PRId64, about->job);
	if (about->host && *about->host)
		strv_addf(fields, "HOST=%s", about->host);
	if (about->kernel && *about->kernel)
		strv_addf(fields, "KERNEL=%s", about->kernel);
	if (about->phase)
		strv_addf(fields, "PHASE=%s", about->phase);
}

static void send_fields(const struct strv *fields)
{
	auto_free struct iovec *parts = MEM_NEW(struct iovec, fields->count);

	for (size_t i = 0; i < fields->count; i++)
		parts[i] = (struct iovec){fields->items[i], strlen(fields->items[i])};
	sd_journal_sendv(parts, (int)fields->count);
}

/* "2026-03-04T06:10:00Z warning: job 17, build: ..." */
static void print(enum journal_level level, const struct journal_about *about, const char *text)
{
	static const char *const words[] = {"error: ", "warning: ", ""};
	char stamp[CLOCK_STAMP_BYTES];

	clock_stamp(clock_unix_ms(&clock_real), stamp);
	fprintf(stderr, "%s %s", stamp, words[level]);
	if (about->job)
		fprintf(stderr, "job %" PRId64 "%s%s: ", about->job, about->phase ? ", " : "",
			about->phase ? about->phase : "");
	fprintf(stderr, "%s\n", text);
}

void journal_write(
	enum journal_level level, const struct journal_about *about, const char *format, ...)
{
	static const struct journal_about nothing = {0};
	auto_strv struct strv fields = STRV_INIT;
	auto_str struct str text = STR_INIT;
	va_list args;

	about = about ? about : &nothing;
	va_start(args, format);
	str_addv(&text, format, args);
	va_end(args);
	/* What a kernel or a mail said is one line, whatever is in it. */
	for (char *p = text.text; p && *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	if (!is_connected()) {
		print(level, about, str_text(&text));
		return;
	}
	if (about->job)
		strv_addf(&fields, "MESSAGE=job %" PRId64 ": %s", about->job, str_text(&text));
	else
		strv_addf(&fields, "MESSAGE=%s", str_text(&text));
	strv_addf(&fields, "PRIORITY=%d", priorities[level]);
	strv_add(&fields, "SYSLOG_IDENTIFIER=kvmperfd");
	add_fields(&fields, about);
	send_fields(&fields);
}

void journal_ready(void)
{
	sd_notify(0, "READY=1");
}

void journal_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		(uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void journal_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void journal_status(const char *format, ...)
{
	auto_str struct str text = STR_INIT;
	va_list args;

	str_add(&text, "STATUS=");
	va_start(args, format);
	str_addv(&text, format, args);
	va_end(args);
	sd_notify(0, str_text(&text));
}
