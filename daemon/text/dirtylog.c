/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/dirtylog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/scan.h"

#define NS_PER_SECOND  1000000000u
#define SECONDS_DIGITS 9
#define QUOTE_BYTES    72

/* The two lines before the values count as metrics of their own while reading. */
enum { LINE_ITERATIONS = DIRTYLOG_METRIC_COUNT, LINE_MODE, LINE_UNKNOWN, LINE_MALFORMED };

/* One line, understood. */
struct line {
	int what;	     /* enum dirtylog_metric or one of the above */
	uint64_t iteration;  /* of a line of an iteration */
	uint64_t iterations; /* as told by LINE_ITERATIONS and the totals */
	int64_t duration_ns;
	struct scan mode;
};

/* How lines begin, and what must follow. The first match decides. */
static const struct form {
	const char *start; /* a line that starts like this is meant as this one */
	const char *rest;
	int what;
} forms[] = {
	{"Test iterations", ": ", LINE_ITERATIONS},
	{"Testing guest mode", ": ", LINE_MODE},
	{"Populate memory", " time: ", DIRTYLOG_POPULATE},
	{"Enabling dirty logging", " time: ", DIRTYLOG_ENABLE},
	{"Disabling dirty logging", " time: ", DIRTYLOG_DISABLE},
	{"Iteration", " ", DIRTYLOG_DIRTY},
	{"Get dirty log", " over ", DIRTYLOG_GET_TOTAL},
	{"Clear dirty log", " over ", DIRTYLOG_CLEAR_TOTAL},
};

/* What stands between the number of an iteration and its time. */
static const struct form iteration_forms[] = {
	{" dirty memory time: ", NULL, DIRTYLOG_DIRTY},
	{" get dirty log time: ", NULL, DIRTYLOG_GET},
	{" clear dirty log time: ", NULL, DIRTYLOG_CLEAR},
};

static const char *const metric_names[DIRTYLOG_METRIC_COUNT] = {
	[DIRTYLOG_POPULATE] = "populate",
	[DIRTYLOG_ENABLE] = "enable",
	[DIRTYLOG_DIRTY] = "dirty",
	[DIRTYLOG_GET] = "get",
	[DIRTYLOG_CLEAR] = "clear",
	[DIRTYLOG_DISABLE] = "disable",
	[DIRTYLOG_GET_TOTAL] = "get-total",
	[DIRTYLOG_CLEAR_TOTAL] = "clear-total",
};

const char *dirtylog_metric_name(enum dirtylog_metric metric)
{
	return metric_names[metric];
}

void dirtylog_clear(struct dirtylog *log)
{
	free(log->mode);
	free(log->values);
	*log = (struct dirtylog){0};
}

/* "0.036754464": seconds, and exactly nine digits. */
static bool scan_duration(struct scan *scan, int64_t *ret)
{
	struct scan rest = *scan;
	uint64_t seconds, ns;
	const char *digits;

	if (!scan_number(&rest, &seconds) || !scan_text(&rest, "."))
		return false;
	digits = rest.at;
	if (!scan_number(&rest, &ns) || rest.at - digits != SECONDS_DIGITS)
		return false;
	if (seconds > INT64_MAX / NS_PER_SECOND - 1)
		return false;
	*ret = (int64_t)(seconds * NS_PER_SECOND + ns);
	*scan = rest;
	return true;
}

/* "PA-bits:40,  VA-bits:48,  4K pages" */
static bool scan_mode(struct scan *scan, struct scan *ret)
{
	static const char pages[] = " pages";
	struct scan tail = *scan;

	if (!scan_starts(scan, "PA-bits:") || scan_left(scan) < sizeof(pages) - 1 ||
		memchr(scan->at, '\0', scan_left(scan)))
		return false;
	tail.at = tail.end - (sizeof(pages) - 1);
	if (!scan_starts(&tail, pages))
		return false;
	*ret = *scan;
	scan->at = scan->end;
	return true;
}

static bool scan_iteration(struct scan *scan, struct line *line)
{
	if (!scan_number(scan, &line->iteration))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(iteration_forms); i++) {
		if (!scan_text(scan, iteration_forms[i].start))
			continue;
		line->what = iteration_forms[i].what;
		return scan_duration(scan, &line->duration_ns) && scan_text(scan, "s");
	}
	return false;
}

static bool scan_total(struct scan *scan, struct line *line)
{
	int64_t average_ns;

	return scan_number(scan, &line->iterations) && scan_text(scan, " iterations took ") &&
	       scan_duration(scan, &line->duration_ns) && scan_text(scan, "s. (Avg ") &&
	       scan_duration(scan, &average_ns) && scan_text(scan, "s/iteration)");
}

static bool scan_value(struct scan *scan, struct line *line)
{
	switch (line->what) {
	case LINE_ITERATIONS:
		return scan_number(scan, &line->iterations);
	case LINE_MODE:
		return scan_mode(scan, &line->mode);
	case DIRTYLOG_DIRTY:
		return scan_iteration(scan, line);
	case DIRTYLOG_GET_TOTAL:
	case DIRTYLOG_CLEAR_TOTAL:
		return scan_total(scan, line);
	default:
		return scan_duration(scan, &line->duration_ns) && scan_text(scan, "s");
	}
}

static struct line understand(struct scan scan)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct line line = {.what = forms[i].what};

		if (!scan_text(&scan, forms[i].start))
			continue;
		if (!scan_text(&scan, forms[i].rest) || !scan_value(&scan, &line) ||
			scan_left(&scan))
			line.what = LINE_MALFORMED;
		return line;
	}
	return (struct line){.what = LINE_UNKNOWN};
}

/* The line that comes at this place, 0 and up; LINE_UNKNOWN behind the last. */
static int expected_at(size_t place, const struct dirtylog_expect *expect, unsigned *iteration)
{
	static const int first[] = {
		LINE_ITERATIONS, LINE_MODE, DIRTYLOG_POPULATE, DIRTYLOG_ENABLE};
	static const int last[] = {DIRTYLOG_DISABLE, DIRTYLOG_GET_TOTAL, DIRTYLOG_CLEAR_TOTAL};
	size_t each = expect->manual_protect ? 3 : 2;

	*iteration = 0;
	if (place < ARRAY_SIZE(first))
		return first[place];
	place -= ARRAY_SIZE(first);
	if (place < each * expect->iterations) {
		*iteration = (unsigned)(place / each) + 1;
		return DIRTYLOG_DIRTY + (int)(place % each);
	}
	place -= each * expect->iterations;
	return place < each ? last[place] : LINE_UNKNOWN;
}

/* How the test begins that line. */
static void describe(int what, unsigned iteration, char *ret, size_t size)
{
	if (iteration) {
		for (size_t i = 0; i < ARRAY_SIZE(iteration_forms); i++) {
			if (iteration_forms[i].what == what)
				snprintf(ret, size, "Iteration %u%s", iteration,
					iteration_forms[i].start);
		}
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (forms[i].what == what)
			snprintf(ret, size, "%s%s", forms[i].start, forms[i].rest);
	}
}

/* Copies with runs of blanks as one. */
static char *collapse(struct scan scan)
{
	char *text = mem_new(scan_left(&scan) + 1, 1), *to = text;

	while (scan_left(&scan))
		*to++ = scan_blanks(&scan) ? ' ' : *scan.at++;
	return text;
}

/* Where the reading stands. */
struct reader {
	const struct dirtylog_expect *expect;
	size_t place;  /* of the next line that is expected */
	size_t number; /* of the line that is looked at */
	struct dirtylog log;
};

static int check_order(const struct reader *reader, const struct scan *text,
	const struct line *line, struct err *err)
{
	char wanted[QUOTE_BYTES] = "", found[QUOTE_BYTES];
	unsigned iteration;
	int what = expected_at(reader->place, reader->expect, &iteration);

	if (what == line->what && iteration == line->iteration)
		return 0;
	scan_quote(text, found, sizeof(found));
	if (what == LINE_UNKNOWN)
		return err_set(err, -EBADMSG,
			"line %zu of the test's output: '%s' comes after the last expected "
			"line",
			reader->number, found);
	describe(what, iteration, wanted, sizeof(wanted));
	return err_set(err, -EBADMSG,
		"line %zu of the test's output: expected '%s...', %s '%s'", reader->number,
		wanted, line->what == LINE_MALFORMED ? "found the cut or malformed" : "found",
		found);
}

static bool tells_iterations(const struct line *line)
{
	return line->what == LINE_ITERATIONS || line->what == DIRTYLOG_GET_TOTAL ||
	       line->what == DIRTYLOG_CLEAR_TOTAL;
}

static int take_line(struct reader *reader, const struct line *line, struct err *err)
{
	struct dirtylog *log = &reader->log;

	if (tells_iterations(line) && line->iterations != reader->expect->iterations)
		return err_set(err, -EBADMSG,
			"line %zu of the test's output: %llu iterations, expected %u",
			reader->number, (unsigned long long)line->iterations,
			reader->expect->iterations);
	reader->place++;
	if (line->what == LINE_MODE)
		log->mode = collapse(line->mode);
	if (line->what >= DIRTYLOG_METRIC_COUNT)
		return 0;
	log->values[log->count++] = (struct dirtylog_value){
		.metric = (enum dirtylog_metric)line->what,
		.iteration = (unsigned)line->iteration,
		.duration_ns = line->duration_ns,
	};
	return 0;
}

/* Lines that say why there are no results. */
static int check_refusal(const struct reader *reader, const struct scan *text, struct err *err)
{
	struct scan rest = *text;
	char reason[QUOTE_BYTES * 2];

	if (reader->place > 0)
		return 0;
	if (scan_starts(&rest, "usage: "))
		return err_set(err, -ENODATA,
			"line %zu of the test's output: it printed its usage, so it does not "
			"know an option of the command line",
			reader->number);
	if (!scan_text(&rest, "1..0 # SKIP"))
		return 0;
	scan_text(&rest, " - ");
	scan_quote(&rest, reason, sizeof(reason));
	return err_set(err, -ENODATA, "line %zu of the test's output: it skipped: %s",
		reader->number, reason);
}

static int read_line(
	struct reader *reader, const struct scan *text, bool ended, struct err *err)
{
	struct line line = understand(*text);
	int r;

	reader->number++;
	if (line.what == LINE_UNKNOWN)
		return check_refusal(reader, text, err);
	/* Without its end nobody knows whether more was to come. */
	if (!ended)
		line.what = LINE_MALFORMED;
	r = check_order(reader, text, &line, err);
	return r < 0 ? r : take_line(reader, &line, err);
}

static int read_all(struct reader *reader, struct scan text, struct err *err)
{
	char wanted[QUOTE_BYTES] = "";
	struct scan line;
	unsigned iteration;
	bool ended;
	int r, what;

	while (scan_line(&text, &line, &ended)) {
		r = read_line(reader, &line, ended, err);
		if (r < 0)
			return r;
	}
	what = expected_at(reader->place, reader->expect, &iteration);
	if (what == LINE_UNKNOWN)
		return 0;
	describe(what, iteration, wanted, sizeof(wanted));
	return err_set(err, -ENODATA, "the test's output ends after line %zu, expected '%s...'",
		reader->number, wanted);
}

int dirtylog_parse(const char *text, size_t bytes, const struct dirtylog_expect *expect,
	struct dirtylog *ret, struct err *err)
{
	struct reader reader = {.expect = expect};
	int r;

	if (expect->iterations < 1 || expect->iterations > DIRTYLOG_MAX_ITERATIONS)
		return err_set(err, -EINVAL, "%u iterations, possible are 1 to %d",
			expect->iterations, DIRTYLOG_MAX_ITERATIONS);
	/* Three an iteration, and five that come once. */
	reader.log.values = MEM_NEW(struct dirtylog_value, 3 * (size_t)expect->iterations + 5);
	reader.log.iterations = expect->iterations;
	r = read_all(&reader, scan_of(text, bytes), err);
	if (r < 0) {
		dirtylog_clear(&reader.log);
		return r;
	}
	*ret = reader.log;
	return 0;
}
