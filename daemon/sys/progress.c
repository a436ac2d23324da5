/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/progress.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	LIVE_EVERY_MS = 200,
	PLAIN_EVERY_MS = 30000,
	GUESS_FROM_MS = 15000, /* what begins is not like what follows: no guess before */
	LINE_BYTES = 512,
	WIDTH = 80
};

void progress_init(struct progress *progress, FILE *out, bool verbose)
{
	memset(progress, 0, sizeof(*progress));
	progress->out = out;
	progress->verbose = verbose;
	progress->live = isatty(fileno(out)) == 1;
	progress->begun_ms = clock_monotonic_ms(&clock_real);
}

void progress_clear(struct progress *progress)
{
	if (progress->live)
		fputs("\r\033[K", progress->out);
	fflush(progress->out);
}

static int width_of(const struct progress *progress)
{
	struct winsize size;

	if (ioctl(fileno(progress->out), TIOCGWINSZ, &size) < 0 || size.ws_col < 20)
		return WIDTH;
	return size.ws_col < LINE_BYTES ? size.ws_col : LINE_BYTES - 1;
}

static void keep(struct progress *progress, const char *line)
{
	progress_clear(progress);
	fprintf(progress->out, "%s\n", line);
	fflush(progress->out);
}

static void show(struct progress *progress, const char *line)
{
	if (!progress->live) {
		keep(progress, line);
		return;
	}
	fprintf(progress->out, "\r\033[K%.*s", width_of(progress) - 1, line);
	fflush(progress->out);
}

/* "4:02", "1:04:02" */
static void time_text(int64_t ms, char *ret, size_t size)
{
	long long s = (long long)ms / 1000;

	if (s >= 3600)
		snprintf(ret, size, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(ret, size, "%lld:%02lld", s / 60, s % 60);
}

static int64_t age_ms(const struct progress *progress)
{
	return clock_monotonic_ms(&clock_real) - progress->begun_ms;
}

void progress_step(struct progress *progress, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(progress->step, sizeof(progress->step), format, args);
	va_end(args);
	progress->begun_ms = progress->shown_ms = clock_monotonic_ms(&clock_real);
	snprintf(line, sizeof(line), "%s ...", progress->step);
	show(progress, line);
}

void progress_update(
	struct progress *progress, int64_t done, int64_t total, const char *format, ...)
{
	char line[LINE_BYTES], detail[200], used[24], left[48] = "";
	int64_t now_ms = clock_monotonic_ms(&clock_real);
	va_list args;

	if (now_ms - progress->shown_ms < (progress->live ? LIVE_EVERY_MS : PLAIN_EVERY_MS))
		return;
	progress->shown_ms = now_ms;
	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	time_text(age_ms(progress), used, sizeof(used));
	if (done >= total)
		total = 0; /* more than anybody knew of: say no more than how long it took */
	if (total > 0 && done * 100 >= total && age_ms(progress) >= GUESS_FROM_MS) {
		char rest[24];

		time_text(age_ms(progress) * (total - done) / done, rest, sizeof(rest));
		snprintf(left, sizeof(left), ", about %s left", rest);
	}
	if (total > 0)
		snprintf(line, sizeof(line), "%s: %3lld %%, %s%s  %s", progress->step,
			(long long)(done * 100 / total), used, left, detail);
	else
		snprintf(line, sizeof(line), "%s: %s  %s", progress->step, used, detail);
	show(progress, line);
}

void progress_done(struct progress *progress, const char *format, ...)
{
	char line[LINE_BYTES], used[24];
	va_list args;
	int n;

	time_text(age_ms(progress), used, sizeof(used));
	va_start(args, format);
	n = vsnprintf(line, sizeof(line) - 32, format, args);
	va_end(args);
	if (n >= 0)
		snprintf(line + strlen(line), 32, " (%s)", used);
	keep(progress, line);
}

__attribute__((format(printf, 2, 0))) static void note(
	struct progress *progress, const char *format, va_list args)
{
	progress_clear(progress);
	vfprintf(progress->out, format, args);
	fputc('\n', progress->out);
	fflush(progress->out);
}

void progress_note(struct progress *progress, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(progress, format, args);
	va_end(args);
}

void progress_command(struct progress *progress, const char *format, ...)
{
	va_list args;

	if (!progress->verbose)
		return;
	va_start(args, format);
	note(progress, format, args);
	va_end(args);
}
