/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_JSON_H
#define TEXT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * What all JSON of ours has in common. What does not exist is null. Each gives
 * a new reference; none fails but for lack of memory.
 */

/* Any bytes; what is not valid UTF-8 becomes U+FFFD. */
json_t *json_text(const char *value);

/* A number, null when it is not finite. */
json_t *json_number(double value);
json_t *json_number_if(bool known, double value);

/* ISO 8601 in UTC; null for 0. */
json_t *json_time(int64_t unix_ms);

/* {"class", "symptom", "reason"}, or null when nothing failed. */
json_t *json_failure(enum failure failure, enum symptom symptom, const char *reason);

#endif
