/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void number_percent_bare(double fraction, char ret[NUMBER_BYTES])
{
	if (!isfinite(fraction))
		snprintf(ret, NUMBER_BYTES, "n/a");
	else if (fabs(fraction) >= 1e6)
		snprintf(ret, NUMBER_BYTES, "%+.1e", fraction * 100);
	else /* adding zero turns a negative zero into a positive one */
		snprintf(ret, NUMBER_BYTES, "%+.1f", fraction * 100 + 0.0);
}

void number_percent(double fraction, char ret[NUMBER_BYTES])
{
	number_percent_bare(fraction, ret);
	if (isfinite(fraction))
		strcat(ret, " %");
}

void number_mean_sd(double mean_pct, double sd_pct, char ret[NUMBER_BYTES])
{
	char mean[NUMBER_BYTES];

	number_percent(mean_pct / 100, mean);
	if (isfinite(mean_pct) && isfinite(sd_pct) && fabs(sd_pct) < 1e6)
		snprintf(ret, NUMBER_BYTES, "%.24s (%.1f)", mean, sd_pct);
	else
		snprintf(ret, NUMBER_BYTES, "%s", mean);
}

struct number_scale number_scale(const char *unit, double size)
{
	static const struct {
		double at_least, divisor;
		const char *suffix;
	} seconds[] = {{1, 1, "s"}, {1e-3, 1e-3, "ms"}, {1e-6, 1e-6, "µs"}, {0, 1e-9, "ns"}},
	  counts[] = {{1e12, 1e12, "T"}, {1e9, 1e9, "G"}, {1e6, 1e6, "M"}, {1e4, 1e3, "k"},
		  {0, 1, ""}};
	bool is_time = unit && strcmp(unit, "s") == 0;
	struct number_scale scale = {1, is_time ? "s" : "", 0};
	size_t i = 0;
	double shown;

	size = fabs(size);
	if (!isfinite(size))
		return scale;
	if (is_time) {
		while (size < seconds[i].at_least && i + 1 < ARRAY_SIZE(seconds))
			i++;
		scale.divisor = size > 0 ? seconds[i].divisor : 1;
		scale.suffix = size > 0 ? seconds[i].suffix : "s";
	} else {
		while (size < counts[i].at_least && i + 1 < ARRAY_SIZE(counts))
			i++;
		scale.divisor = counts[i].divisor;
		scale.suffix = counts[i].suffix;
	}
	shown = size / scale.divisor;
	/* a mean of equal counts is a whole number but for its last bits */
	if (scale.divisor <= 1 && !is_time && fabs(shown - round(shown)) <= 1e-6 * shown)
		scale.decimals = 0;
	else
		scale.decimals = shown >= 1000 ? 0 : shown >= 100 ? 1 : shown >= 10 ? 2 : 3;
	return scale;
}

void number_scaled(double value, const struct number_scale *scale, char ret[NUMBER_BYTES])
{
	double shown = value / scale->divisor;

	if (!isfinite(value))
		snprintf(ret, NUMBER_BYTES, "n/a");
	else if (fabs(shown) >= 1e15)
		snprintf(ret, NUMBER_BYTES, "%.4g", shown);
	else
		snprintf(ret, NUMBER_BYTES, "%.*f", scale->decimals, shown + 0.0);
}

void number_value(double value, const char *unit, char ret[NUMBER_BYTES])
{
	struct number_scale scale = number_scale(unit, value);

	number_scaled(value, &scale, ret);
	if (*scale.suffix && isfinite(value)) {
		strcat(ret, " ");
		strcat(ret, scale.suffix);
	}
}

void number_duration(int64_t duration_ms, char ret[NUMBER_BYTES])
{
	int64_t s = duration_ms / 1000;

	if (duration_ms < 0)
		snprintf(ret, NUMBER_BYTES, "n/a");
	else if (duration_ms < 10000)
		snprintf(ret, NUMBER_BYTES, "%.2f s", (double)duration_ms / 1e3);
	else if (duration_ms < 60000)
		snprintf(ret, NUMBER_BYTES, "%.1f s", (double)duration_ms / 1e3);
	else if (s < 3600)
		snprintf(ret, NUMBER_BYTES, "%d min %02d s", (int)(s / 60), (int)(s % 60));
	else
		snprintf(ret, NUMBER_BYTES, "%lld h %02d min", (long long)(s / 3600),
			(int)(s / 60 % 60));
}

void number_bytes(int64_t bytes, char ret[NUMBER_BYTES])
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double shown = (double)bytes;
	size_t i = 0;

	while (fabs(shown) >= 1024 && i + 1 < ARRAY_SIZE(units)) {
		shown /= 1024;
		i++;
	}
	if (bytes == 0)
		snprintf(ret, NUMBER_BYTES, "0");
	else if (shown == floor(shown))
		snprintf(ret, NUMBER_BYTES, "%.0f %s", shown, units[i]);
	else
		snprintf(ret, NUMBER_BYTES, "%.1f %s", shown, units[i]);
}

void number_exact(double value, char ret[NUMBER_BYTES])
{
	if (isfinite(value))
		snprintf(ret, NUMBER_BYTES, "%.17g", value);
	else
		snprintf(ret, NUMBER_BYTES, "null");
}
