/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/kconfig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

enum { TEXT_MAX_BYTES = 16 << 20, NAMES_IN_SENTENCE = 5 };

void kconfig_clear(struct kconfig *config)
{
	for (size_t i = 0; i < config->count; i++) {
		free(config->options[i].name);
		free(config->options[i].value);
	}
	free(config->options);
	*config = (struct kconfig)KCONFIG_INIT;
}

static size_t name_length(const char *line, size_t length)
{
	static const char prefix[] = "CONFIG_";
	size_t n = sizeof(prefix) - 1;

	if (length <= n || memcmp(line, prefix, n) != 0)
		return 0;
	while (n < length &&
		((line[n] >= 'A' && line[n] <= 'Z') || (line[n] >= 'a' && line[n] <= 'z') ||
			(line[n] >= '0' && line[n] <= '9') || line[n] == '_'))
		n++;
	return n == sizeof(prefix) - 1 ? 0 : n;
}

static void add(struct kconfig *config, const char *name, size_t name_bytes, const char *value,
	size_t value_bytes)
{
	struct kconfig_option *option;

	if ((config->count & (config->count - 1)) == 0)
		config->options = mem_grow(config->options,
			config->count ? config->count * 2 : 1, sizeof(*config->options));
	option = &config->options[config->count++];
	option->name = mem_strndup(name, name_bytes);
	option->value = value && !(value_bytes == 1 && value[0] == 'n')
				? mem_strndup(value, value_bytes)
				: NULL;
}

/* "# CONFIG_NAME is not set"; any other comment is skipped. */
static void read_comment(struct kconfig *config, const char *line, size_t length)
{
	static const char suffix[] = " is not set";
	size_t n;

	if (length < 2 || line[1] != ' ')
		return;
	line += 2;
	length -= 2;
	n = name_length(line, length);
	if (n && length - n == sizeof(suffix) - 1 && !memcmp(line + n, suffix, length - n))
		add(config, line, n, NULL, 0);
}

static bool is_value(const char *text, size_t length)
{
	if (length == 0 || memchr(text, '\0', length))
		return false;
	if (text[0] != '"')
		return !memchr(text, ' ', length) && !memchr(text, '"', length);
	for (size_t i = 1; i < length; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '"')
			return i == length - 1;
	}
	return false;
}

static bool read_line(struct kconfig *config, const char *line, size_t length)
{
	size_t n;

	while (length && (line[length - 1] == '\r' || line[length - 1] == ' ' ||
				 line[length - 1] == '\t'))
		length--;
	if (length == 0)
		return true;
	if (line[0] == '#') {
		read_comment(config, line, length);
		return true;
	}
	n = name_length(line, length);
	if (n == 0 || n == length || line[n] != '=')
		return false;
	if (!is_value(line + n + 1, length - n - 1))
		return false;
	add(config, line, n, line + n + 1, length - n - 1);
	return true;
}

struct ranked {
	struct kconfig_option option;
	size_t rank; /* order in the file: the last of one name wins */
};

static int by_name_then_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = strcmp(x->option.name, y->option.name);

	return order ? order : x->rank < y->rank ? -1 : 1;
}

static void sort_and_unite(struct kconfig *config)
{
	auto_free struct ranked *ranked = MEM_NEW(struct ranked, config->count + 1);
	size_t kept = 0;

	for (size_t i = 0; i < config->count; i++)
		ranked[i] = (struct ranked){config->options[i], i};
	qsort(ranked, config->count, sizeof(*ranked), by_name_then_rank);
	for (size_t i = 0; i < config->count; i++) {
		if (i + 1 < config->count &&
			strcmp(ranked[i].option.name, ranked[i + 1].option.name) == 0) {
			free(ranked[i].option.name);
			free(ranked[i].option.value);
			continue;
		}
		config->options[kept++] = ranked[i].option;
	}
	config->count = kept;
}

int kconfig_parse(const char *text, size_t size_bytes, const char *where, struct kconfig *ret,
	struct err *err)
{
	auto_kconfig struct kconfig config = KCONFIG_INIT;
	size_t at = 0, number = 1;

	if (size_bytes > TEXT_MAX_BYTES)
		return err_set(err, -EFBIG, "%s: %zu bytes are too many for a configuration",
			where, size_bytes);
	while (at < size_bytes) {
		const char *end = memchr(text + at, '\n', size_bytes - at);
		size_t length = end ? (size_t)(end - text) - at : size_bytes - at;

		if (!read_line(&config, text + at, length))
			return err_set(err, -EINVAL,
				"%s:%zu: expected CONFIG_NAME=value or a comment", where,
				number);
		at += length + 1;
		number++;
	}
	sort_and_unite(&config);
	*ret = config;
	config = (struct kconfig)KCONFIG_INIT;
	return 0;
}

static int by_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct kconfig_option *)element)->name);
}

const char *kconfig_value(const struct kconfig *config, const char *name)
{
	const struct kconfig_option *found = NULL;

	if (config->count)
		found = bsearch(name, config->options, config->count, sizeof(*found), by_name);
	return found ? found->value : NULL;
}

static bool is_same(const char *a, const char *b)
{
	a = a && strcmp(a, "\"\"") == 0 ? NULL : a;
	b = b && strcmp(b, "\"\"") == 0 ? NULL : b;
	return a && b ? strcmp(a, b) == 0 : a == b;
}

const char *kconfig_asked(const char *text)
{
	const char *mark = strstr(text, KCONFIG_ON_TOP);

	return mark ? mark + strlen(KCONFIG_ON_TOP) : text;
}

char *kconfig_base(const char *text)
{
	static const char directive[] = "# kvmperf-base:";
	auto_free char *line = NULL;

	if (!text_starts(text, directive))
		return NULL;
	text += strlen(directive);
	line = mem_strndup(text, strcspn(text, "\n"));
	return mem_strdup(text_trim(line));
}

bool kconfig_holds(
	const struct kconfig *config, const struct kconfig *fragment, char **ret_sentence)
{
	auto_str struct str sentence = STR_INIT;
	size_t lost = 0;

	for (size_t i = 0; i < fragment->count; i++) {
		const struct kconfig_option *want = &fragment->options[i];
		const char *got = kconfig_value(config, want->name);

		if (is_same(want->value, got))
			continue;
		if (++lost > NAMES_IN_SENTENCE)
			continue;
		str_addf(&sentence, "%s%s=%s became %s", lost > 1 ? ", " : "", want->name,
			want->value ? want->value : "n", got ? got : "not set");
	}
	if (!lost)
		return true;
	if (lost > NAMES_IN_SENTENCE)
		str_addf(&sentence, " and %zu more", lost - NAMES_IN_SENTENCE);
	*ret_sentence = str_take(&sentence);
	return false;
}

bool kconfig_clashes(
	const struct kconfig *asked, const struct kconfig *needed, char **ret_sentence)
{
	for (size_t i = 0; i < asked->count; i++) {
		const struct kconfig_option *want = &asked->options[i], *need = NULL;

		if (needed->count)
			need = bsearch(want->name, needed->options, needed->count,
				sizeof(*need), by_name);
		if (!need || is_same(want->value, need->value))
			continue;
		*ret_sentence = mem_printf("%s: %s is asked for, %s is needed", want->name,
			want->value ? want->value : "not set",
			need->value ? need->value : "not set");
		return true;
	}
	return false;
}

/* Options whose value the compiler, the assembler or the linker decides, not a person. */
static bool describes_toolchain(const char *name)
{
	static const char *const prefixes[] = {"CC_HAS_", "CC_HAVE_", "CC_IS_", "CC_CAN_",
		"CC_NO_", "CC_IMPLICIT_", "CC_VERSION_TEXT", "GCC_VERSION", "GCC_ASM_",
		"GCC_SUPPORTS_", "GCC_NO_", "GCC10_", "CLANG_VERSION", "AS_", "LD_IS_",
		"LD_CAN_", "LD_VERSION", "LLD_VERSION", "PAHOLE_", "RUSTC_", "RUST_IS_",
		"BINDGEN_VERSION", "TOOLS_SUPPORT_"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts(name + strlen("CONFIG_"), prefixes[i]))
			return true;
	return false;
}

char *kconfig_identity(const struct kconfig *config)
{
	struct str text = STR_INIT;

	for (size_t i = 0; i < config->count; i++) {
		const struct kconfig_option *option = &config->options[i];

		if (option->value && !describes_toolchain(option->name))
			str_addf(&text, "%s=%s\n", option->name, option->value);
	}
	return str_take(&text);
}

bool kconfig_depends_on(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return !*name || text_starts(path, "scripts/") || text_starts(name, "Kconfig") ||
	       text_starts(name, "Makefile") || text_ends(name, ".sh");
}
