/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PROGRESS_H
#define SYS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What a person sees while long work goes on: on a terminal one live line, else
 * plain lines at the start, at most every half minute, and at the end of a step.
 */
struct progress {
	FILE *out;
	bool live;    /* out is a terminal */
	bool verbose; /* show commands too */
	char step[160];
	int64_t begun_ms, shown_ms;
};

void progress_init(struct progress *progress, FILE *out, bool verbose);

/* Begins a step: "build kernel 1a2b3c4d5e6f". Ends the one before without a word. */
void progress_step(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * How far the step is: done of total (total 0: not known), with a word on what
 * runs. From the time used so far it tells how long the rest may take,
 * once that can be known: after 15 s, and when a hundredth is done.
 */
void progress_update(struct progress *progress, int64_t done, int64_t total, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* Ends the step with a line that stays: "built kernel 1a2b3c4d5e6f (4:02)"; the time is added.
 */
void progress_done(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A line that stays, in the middle of anything. */
void progress_note(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A line that stays when verbose; of any length. */
void progress_command(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Takes the live line off the terminal. */
void progress_clear(struct progress *progress);

#endif
