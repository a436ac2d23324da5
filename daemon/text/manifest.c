/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/manifest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

#define HEX	"0123456789abcdef"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { RELEASE_MAX_BYTES = 64, TOOLCHAIN_MAX_BYTES = 256 };

/* One row a key: the letters its value is made of, and how long it may be. */
static const struct {
	const char *name;
	size_t offset;
	const char *letters; /* NULL: anything that can be printed */
	size_t least, most;
} keys[] = {
	{"commit", offsetof(struct manifest, commit), HEX, 40, 64},
	{"release", offsetof(struct manifest, release), LETTERS "0123456789._+~-", 1,
		RELEASE_MAX_BYTES - 1},
	{"build-id", offsetof(struct manifest, build_id), HEX, 16, 128},
	{"toolchain", offsetof(struct manifest, toolchain), NULL, 1, TOOLCHAIN_MAX_BYTES},
};

static char **field(struct manifest *manifest, size_t i)
{
	return (char **)((char *)manifest + keys[i].offset);
}

void manifest_clear(struct manifest *manifest)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		free(take_ptr(*field(manifest, i)));
}

static bool is_value(size_t i, const char *value, size_t length)
{
	if (length < keys[i].least || length > keys[i].most)
		return false;
	for (size_t k = 0; k < length; k++)
		if (keys[i].letters
				? !memchr(keys[i].letters, value[k], strlen(keys[i].letters))
				: (unsigned char)value[k] < ' ' || value[k] == 0x7f)
			return false;
	return true;
}

static int read_line(struct manifest *manifest, const char *line, size_t length,
	const char *where, int number, struct err *err)
{
	const char *colon = memmem(line, length, ": ", 2);
	size_t key_bytes, value_bytes;

	if (length == 0 || line[0] == '#')
		return 0;
	if (!colon || colon == line)
		return err_set(err, -EINVAL, "%s:%d: expected \"key: value\"", where, number);
	key_bytes = (size_t)(colon - line);
	value_bytes = length - key_bytes - 2;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		char **value = field(manifest, i);

		if (strlen(keys[i].name) != key_bytes ||
			memcmp(keys[i].name, line, key_bytes) != 0)
			continue;
		if (*value)
			return err_set(err, -EINVAL, "%s:%d: %s is given twice", where, number,
				keys[i].name);
		if (!is_value(i, colon + 2, value_bytes))
			return err_set(err, -EINVAL, "%s:%d: this is no %s", where, number,
				keys[i].name);
		*value = mem_strndup(colon + 2, value_bytes);
	}
	return 0;
}

int manifest_parse(const char *text, size_t size_bytes, const char *where, struct manifest *ret,
	struct err *err)
{
	auto_manifest struct manifest manifest = {0};
	const char *end = text + size_bytes;
	int number = 0, r = 0;

	for (const char *at = text, *next; at < end && r == 0; at = next + 1) {
		next = memchr(at, '\n', (size_t)(end - at));
		next = next ? next : end;
		r = read_line(&manifest, at, (size_t)(next - at), where, ++number, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys) && r == 0; i++)
		if (!*field(&manifest, i))
			r = err_set(
				err, -EINVAL, "%s: \"%s:\" is missing", where, keys[i].name);
	if (r < 0)
		return r;
	*ret = manifest;
	manifest = (struct manifest){0};
	return 0;
}

char *manifest_text(const struct manifest *manifest)
{
	struct manifest all = *manifest;
	struct str text = STR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		str_addf(&text, "%s: %s\n", keys[i].name, *field(&all, i));
	return str_take(&text);
}
