/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/json.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

json_t *json_text(const char *value)
{
	auto_free char *valid = NULL;

	if (!value)
		return json_null();
	valid = mem_new(3 * strlen(value) + 1, 1);
	utf8_repair(value, valid);
	return json_string(valid);
}

json_t *json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_number_if(bool known, double value)
{
	return known ? json_number(value) : json_null();
}

json_t *json_time(int64_t unix_ms)
{
	char stamp[CLOCK_STAMP_BYTES];

	clock_stamp(unix_ms, stamp);
	return unix_ms ? json_string(stamp) : json_null();
}

json_t *json_failure(enum failure failure, enum symptom symptom, const char *reason)
{
	if (failure == FAILURE_NONE)
		return json_null();
	return json_pack("{s:s, s:s, s:o}", "class", failure_name(failure), "symptom",
		symptom_name(symptom), "reason", json_text(reason));
}
