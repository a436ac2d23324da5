/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/history.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/builtin.h"
#include "base/clock.h"
#include "io/gnuplot.h"
#include "model/plan.h"
#include "rules/display.h"
#include "text/html.h"
#include "text/number.h"
#include "text/svg.h"

/* So many dates fit below a plot, and so many events beside each other. */
enum { TICKS = 5, LABELS = 8 };

/* The range that all points and levels fit in, of logs; false without any. */
static bool range_of(
	const struct history_track *track, size_t count, double *ret_low, double *ret_high)
{
	double low = INFINITY, high = -INFINITY, margin;

	for (size_t i = 0; i < count; i++)
		if (isfinite(track->values[i])) {
			low = fmin(low, track->values[i]);
			high = fmax(high, track->values[i]);
		}
	if (low > high)
		return false;
	/* a flat series is shown flat, not blown up to its noise */
	margin = fmax(0.05 * (high - low), 0.005);
	*ret_low = low - margin;
	*ret_high = high + margin;
	return true;
}

static void script_ticks(FILE *script, const struct history_window *window)
{
	size_t step = window->count / TICKS + 1;

	fputs("$ticks << EOD\n", script);
	for (size_t i = step / 2; i < window->count; i += step) {
		char stamp[CLOCK_STAMP_BYTES];

		clock_stamp(
			window->line->kernels[window->first + i].commit_time_s * 1000, stamp);
		fprintf(script, "%zu \"%.10s\"\n", i, stamp);
	}
	fputs("-9 \"\"\nEOD\n$epochs << EOD\n", script);
	for (size_t i = 1; i < window->count; i++) {
		const struct history_kernel *k = &window->line->kernels[window->first + i];

		if (k->epoch_id != k[-1].epoch_id)
			fprintf(script, "%zu.5\n", i - 1);
	}
	fputs("-9\nEOD\n", script);
}

static void script_levels(
	FILE *script, const struct history_track *track, const struct number_scale *scale)
{
	fputs("$levels << EOD\n", script);
	for (size_t i = 0; i < track->level_count; i++) {
		const struct history_level *l = &track->levels[i];

		fprintf(script, "%g %g %.6g %.6g %.6g\n", (double)l->first - .4,
			(double)l->last + .4, exp(l->mean) / scale->divisor,
			exp(l->mean - 2 * l->sd) / scale->divisor,
			exp(l->mean + 2 * l->sd) / scale->divisor);
	}
	fputs("-9 -9 0 0 0\nEOD\n$changes << EOD\n", script);
	/* tone 1 worse, 2 better; style.gp's arrow styles are tone * 4 + 1 for no heads */
	for (size_t i = 0; i < track->change_count; i++)
		fprintf(script, "%zu %zu %d\n", track->changes[i].first, track->changes[i].last,
			track->changes[i].change > 0 ? 5 : 9);
	fputs("-9 -9 1\nEOD\n", script);
}

/* Events as lines with their number; the kernels of a comparison as rings. */
static void script_marks(
	FILE *script, const struct history_plot *plot, const struct number_scale *scale)
{
	const double *values = plot->track->values;

	fputs("$events << EOD\n", script);
	for (size_t i = 0; i < plot->mark_count; i++) {
		const struct history_mark *mark = &plot->marks[i];
		size_t room = plot->window->count / LABELS;
		bool labelled = !i || plot->marks[i - 1].side ||
				mark->kernel > plot->marks[i - 1].kernel + room;

		if (!mark->side)
			fprintf(script, labelled ? "%zu %d \"event %lld\"\n" : "%zu %d \"\"\n",
				mark->kernel, mark->improved ? 4 : 3, (long long)mark->event);
	}
	fputs("-9 3 \"\"\nEOD\n$sides << EOD\n", script);
	for (size_t i = 0; i < plot->mark_count; i++) {
		const struct history_mark *mark = &plot->marks[i];

		if (mark->side && isfinite(values[mark->kernel]))
			fprintf(script, "%zu %.6g %d \"%c\"\n", mark->kernel,
				exp(values[mark->kernel]) / scale->divisor,
				mark->side == 'A' ? 1 : 2, mark->side);
	}
	fputs("-9 0 1 \"\"\nEOD\n", script);
}

size_t history_script(FILE *script, const struct history_plot *plot)
{
	const struct history_family *family = plot->family;
	const struct history_window *window = plot->window;
	const struct history_track *track = plot->track;
	struct number_scale scale;
	double low, high;

	if (!range_of(track, window->count, &low, &high))
		return 0;
	scale = number_scale(family->unit, exp((low + high) / 2));
	fputs("reset session\n", script);
	fputs(builtin_text("web/style.gp"), script);
	fputs("$points << EOD\n", script);
	for (size_t i = 0; i < window->count; i++)
		if (isfinite(track->values[i]))
			fprintf(script, "%zu %.6g\n", i, exp(track->values[i]) / scale.divisor);
	fputs("EOD\n", script);
	script_levels(script, track, &scale);
	script_marks(script, plot, &scale);
	script_ticks(script, window);
	fprintf(script, "kernels = %zu\ny_low = %.6g\ny_high = %.6g\ny_label = ", window->count,
		exp(low) / scale.divisor, exp(high) / scale.divisor);
	/* the micro sign is not ASCII, and gnuplot_string() keeps nothing else */
	if (strcmp(family->unit, "s") == 0)
		fprintf(script, "\"%s\"\n", scale.suffix);
	else
		fprintf(script, "\"%s%sinstructions\"\n", scale.suffix,
			*scale.suffix ? " " : "");
	fputs(builtin_text("web/history.gp"), script);
	return 1;
}

const char history_legend[] =
	"A dot is a kernel, the line its level. A bar across is a change of level, over the "
	"kernels it may be at; dashed: a new epoch, not compared with the one before; dotted, "
	"with a number: an event.";

void history_figure(
	FILE *out, const struct history_plot *plot, size_t mode, const char *picture)
{
	char mode_short[64];
	double width, height;

	if (svg_size(picture, &width, &height) < 0)
		return;
	plan_mode_short(plot->family->modes[mode], mode_short, sizeof(mode_short));
	fputs("<figure><figcaption><b>", out);
	html_text(out, mode_short);
	fprintf(out,
		"</b>: n = %zu kernels; grey: two standard deviations of its kernels%s"
		"</figcaption>\n<div class=\"wide\"><svg "
		"viewBox=\"0 0 "
		"%g %g\" width=\"%g\" height=\"%g\" role=\"img\"><title>",
		plot->track->count, plot->family->emulated ? "; " DISPLAY_EMULATED : "", width,
		height, width, height);
	html_text_cut(out, plot->family->metric, 60);
	fprintf(out,
		" of %zu kernels, %zu changes of level, %zu events. Numbers: table "
		"below.</title>",
		plot->window->count, plot->track->change_count, plot->mark_count);
	svg_body(out, picture);
	fputs("</svg></div></figure>\n", out);
}
