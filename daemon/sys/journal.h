/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_JOURNAL_H
#define SYS_JOURNAL_H

#include <stdint.h>

/*
 * What the service tells the machine it runs on: one line an event, with fields
 * in the journal when stderr is connected to it, else as a plain line on
 * stderr; and its state, to the service manager.
 */
enum journal_level {
	JOURNAL_ERROR,	 /* someone must act */
	JOURNAL_WARNING, /* a retry follows */
	JOURNAL_INFO,	 /* a job moved */
};

/* The events that people search the journal for, each with a MESSAGE_ID that never changes. */
enum journal_event {
	JOURNAL_PLAIN, /* no such event */
	JOURNAL_JOB_ENDED,
	JOURNAL_KERNEL_FAILED,
	JOURNAL_HOST_QUARANTINED,
	JOURNAL_REGRESSION,
	JOURNAL_CANNOT_GO_ON,
	JOURNAL_EVENT_COUNT
};

/* What a line is about; what is unset has no field. */
struct journal_about {
	enum journal_event event;
	int64_t job;	    /* JOB= */
	const char *host;   /* HOST= */
	const char *kernel; /* KERNEL=: commit id */
	const char *phase;  /* PHASE= */
};

void journal_write(enum journal_level level, const struct journal_about *about,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* 32 hexadecimal digits; "" for JOURNAL_PLAIN. */
const char *journal_message_id(enum journal_event event);

/* To the service manager, when there is one. */
void journal_ready(void);
void journal_reloading(void); /* journal_ready() follows */
void journal_stopping(void);
void journal_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
