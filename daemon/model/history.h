/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_HISTORY_H
#define MODEL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fingerprint.h"

/*
 * The history of cells, as pages show it: which kernels a branch has on a host,
 * which cells are measured there, and the values of a window of kernels. Plain
 * data; texts are hostile.
 */

/* A kernel of a branch within one epoch, with the boots that were recorded. */
struct history_kernel {
	char *oid, *subject;
	int64_t commit_time_s, epoch_id, measured_unix_ms;
	size_t first_boot, boot_count; /* in its line's boots */
};

/* The kernels of a branch on a host, in the order of their commits. */
struct history_line {
	int64_t host_id;
	char *host, *branch;
	bool emulated;
	struct history_kernel *kernels;
	size_t kernel_count;
	int64_t *boots; /* ids, kernel by kernel */
	size_t boot_count;
};

struct history_series {
	int64_t id, epoch_id;
	size_t mode; /* index into its family's */
};

/* The cells of one scenario and metric on a host: one a guest mode. */
struct history_family {
	int64_t host_id;
	char *host, *scenario, *metric, *unit;
	bool emulated, judged;
	char **modes;
	size_t mode_count;
	struct history_series *series; /* one a mode and epoch */
	size_t series_count;
};

/* An event, once a family that it has cells of. */
struct history_event {
	int64_t id, host_id;
	char *branch; /* "" for none */
	char *scenario, *metric;
	char *oid;     /* of the commit, or the first kernel that has it */
	char *state;   /* "confirmed" */
	double change; /* R - 1, mean over its cells of the family */
	bool improved;
};

struct history_map {
	struct history_line *lines; /* by host, then branch */
	size_t line_count;
	struct history_event *events; /* by host, scenario, metric */
	size_t event_count;
	struct history_family *families; /* by host, scenario, metric */
	size_t family_count;
};

void history_map_clear(struct history_map *map);

/*
 * A long history is cut into chapters of so many kernels. What is old does not
 * change any more: only the newest page of a family is written again when a
 * kernel is measured.
 */
enum { HISTORY_CHAPTER = 100 };

/* Chapters that have a page of their own; the kernels after them are on the newest page. */
size_t history_chapters(const struct history_line *line);

/* Some kernels of a line. */
struct history_window {
	const struct history_line *line;
	size_t first, count;
};

/* Stands for the kernels and boots of a window. */
fingerprint history_print(const struct history_window *window, fingerprint print);

/* Where a level changed: the kernels first..last of the window split it about equally well. */
struct history_change {
	size_t kernel, first, last; /* kernel: the first of the new level */
	double change, p;	    /* R - 1 */
};

/* A level: kernels first..last of the window (both included), natural logs. */
struct history_level {
	size_t first, last;
	double mean, sd; /* over its kernels */
};

/* One cell over a window. */
struct history_track {
	double *values; /* of each kernel: natural log, mean over its boots; NAN: none */
	size_t count;	/* of those there are */
	struct history_level *levels;
	size_t level_count;
	struct history_change *changes;
	size_t change_count;
};

/* Something at a kernel of a window that its plots show. */
struct history_mark {
	size_t kernel; /* of the window */
	char side;     /* 'A', 'B': a comparison's kernels; else an event: */
	int64_t event; /* its number */
	bool improved; /* its direction */
	const struct history_event *about; /* borrowed; NULL: no more is said of it */
};

/* The events of a family at kernels of a window, oldest kernel first; the caller frees. */
struct history_mark *history_marks(const struct history_map *map,
	const struct history_family *family, const struct history_window *window,
	size_t *ret_count);

/* Stands for what marks show. */
fingerprint history_marks_print(
	const struct history_mark *marks, size_t count, fingerprint print);

void history_track_clear(struct history_track *track);

/*
 * What the page of a comparison shows of the time before it: the newest kernels
 * of its branch up to the new one, cell by cell. Nothing of it is younger than
 * the comparison, so that it never changes.
 */
struct history_past {
	struct history_line line; /* owned, a copy */
	struct history_mark marks[3];
	size_t mark_count;
	struct history_family *families; /* one a cell, of one mode each; owned */
	struct history_track *tracks;	 /* one a cell */
	size_t count;
};

void history_past_clear(struct history_past *past);

/* One page of a family: a window of each branch it shows. All but the tracks is borrowed. */
struct history_section {
	struct history_window window;
	struct history_track *tracks; /* one a mode */
	struct history_mark *marks; /* events, oldest kernel first; owned by the page's plan */
	size_t mark_count;
};

struct history_page {
	const struct history_family *family;
	struct history_section *sections;
	size_t section_count;
	int chapter; /* of its one branch, from 0; -1: the newest page */
};

void history_page_clear(struct history_page *page);

#endif
