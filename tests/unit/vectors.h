/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <limits.h>
#include <stdbool.h>

#include <jansson.h>

#include "support.h"

/* A shared vector file as JSON (the caller decrefs), or NULL with a notice when it is absent.
 */
static inline json_t *vectors_load(const char *name)
{
	char path[PATH_MAX];
	json_error_t error;
	json_t *json;

	if (!shared_vector(name, path, sizeof(path)))
		return NULL;
	json = json_load_file(path, 0, &error);
	if (!json)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return json;
}

static inline double vectors_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_number(value))
		fail_msg("vector has no number \"%s\"", key);
	return json_number_value(value);
}

static inline bool vectors_bool(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		fail_msg("vector has no boolean \"%s\"", key);
	return json_is_true(value);
}

static inline const char *vectors_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		fail_msg("vector has no string \"%s\"", key);
	return text;
}

/* Numbers of an array; the caller frees. */
static inline double *vectors_list(const json_t *array, size_t *ret_count)
{
	size_t count = json_array_size(array);
	double *list = calloc(count + 1, sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = json_number_value(json_array_get(array, i));
	*ret_count = count;
	return list;
}

static inline double *vectors_numbers(const json_t *object, const char *key, size_t *ret_count)
{
	return vectors_list(json_object_get(object, key), ret_count);
}

#endif
