/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/drift.h"

#include <math.h>

#include "base/builtin.h"
#include "base/clock.h"
#include "model/judging.h"
#include "text/number.h"

/* So many dates fit below a plot, and so many events beside each other. */
enum { TICKS = 5, LABELS = 8 };

/* Of all metrics together, so that their plots can be compared at a glance. */
static void range_of(const struct drift *drift, double band, double *ret_low, double *ret_high)
{
	double low = -1.5 * band, high = 1.5 * band, margin;

	for (size_t k = 0; k < drift->metric_count; k++)
		for (size_t i = 0; i < drift->window.count; i++) {
			double percent = 100 * expm1(drift->metrics[k].values[i]);

			if (!isfinite(percent))
				continue;
			low = fmin(low, percent);
			high = fmax(high, percent);
		}
	margin = 0.05 * (high - low);
	*ret_low = low - margin;
	*ret_high = high + margin;
}

static void script_frame(FILE *script, const struct drift *drift)
{
	const struct history_kernel *kernels = drift->line->kernels + drift->window.first;
	size_t count = drift->window.count, step = count / TICKS + 1, labelled = SIZE_MAX;

	fputs("$ticks << EOD\n", script);
	for (size_t i = step / 2; i < count; i += step) {
		char stamp[CLOCK_STAMP_BYTES];

		clock_stamp(kernels[i].commit_time_s * 1000, stamp);
		fprintf(script, "%zu \"%.10s\"\n", i, stamp);
	}
	fputs("-9 \"\"\nEOD\n$events << EOD\n", script);
	for (size_t i = 0; i < drift->mark_count; i++) {
		const struct history_mark *mark = &drift->marks[i];
		bool room = labelled == SIZE_MAX || mark->kernel > labelled + count / LABELS;

		fprintf(script, room ? "%zu %d \"event %lld\"\n" : "%zu %d \"\"\n",
			mark->kernel, mark->improved ? 4 : 3, (long long)mark->event);
		labelled = room ? mark->kernel : labelled;
	}
	fputs("-9 3 \"\"\nEOD\n", script);
}

size_t drift_script(FILE *script, const struct drift *drift, bool small)
{
	struct judging judging = judging_defaults();
	double band = 100 * judging.minimum_effect, low, high;

	range_of(drift, band, &low, &high);
	for (size_t k = 0; k < drift->metric_count; k++) {
		const double *values = drift->metrics[k].values;

		fputs("reset session\n", script);
		fputs(builtin_text("web/style.gp"), script);
		fputs("$points << EOD\n", script);
		for (size_t i = 0; i < drift->window.count; i++)
			if (isfinite(values[i]))
				fprintf(script, "%zu %.4g\n", i, 100 * expm1(values[i]));
		/* the blank line keeps the line from going there */
		fputs("\n-9 0\nEOD\n", script);
		script_frame(script, drift);
		fprintf(script,
			"spark = %d\nkernels = %zu\ny_low = %.6g\ny_high = %.6g\nband = %g\n",
			small, drift->window.count, low, high, band);
		fputs(builtin_text("web/drift.gp"), script);
	}
	return drift->metric_count;
}

void drift_text(FILE *out, const struct drift_change *change)
{
	char text[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];

	number_percent(change->change, text);
	fputs(text, out);
	if (!change->has_interval)
		return;
	number_percent_bare(change->low, low);
	number_percent_bare(change->high, high);
	fprintf(out, " [%s, %s]", low, high);
}
