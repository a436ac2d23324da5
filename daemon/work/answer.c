/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/answer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "page/terminal.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/wrap.h"

enum { SENTENCE_CHARACTERS = 300 };

static bool is_done(const struct comparison *c)
{
	return c && strcmp(c->state, "done") == 0;
}

/* "https://.../c/host/base..tip.html", or NULL; the caller frees. */
static char *url_of(const struct answer *a)
{
	const struct comparison *c = a->whole;
	auto_free char *page = NULL;

	if (!a->site[0])
		return NULL;
	page = address_comparison(c->host, c->base.oid, c->fresh.oid, "html");
	return mem_printf(
		"%s%s%s", a->site, a->site[strlen(a->site) - 1] == '/' ? "" : "/", page);
}

/* One line a patch; what was not measured is told as that. */
static void put_patches(FILE *out, const struct answer *a)
{
	putc('\n', out);
	for (int i = 0; i < a->series->total; i++) {
		const struct comparison *c = &a->patches[i];
		const char *word = !c->id	 ? "not measured by itself"
				   : c->sentence ? c->sentence
				   : c->reason	 ? c->reason
						 : "no answer yet";

		fprintf(out, "Patch %d/%d (%.12s): ", i + 1, a->series->total,
			a->series->commits[i]);
		terminal_text(out, word, SENTENCE_CHARACTERS);
		putc('\n', out);
	}
}

static void put_text(FILE *out, const struct answer *a)
{
	auto_free char *url = url_of(a);

	fprintf(out, "kvmperf tested version %d of this series (%d patch%s).\n",
		a->series->version, a->series->total, a->series->total == 1 ? "" : "es");
	terminal_text(out, a->series->why, SENTENCE_CHARACTERS);
	fputs("\n\n", out);
	page_terminal_write(out, a->whole, true);
	if (a->patches)
		put_patches(out, a);
	if (url)
		fprintf(out, "\nEvery value, raw output and kernel messages:\n%s\n", url);
}

static FILE *open_memory(char **ret, size_t *ret_bytes)
{
	FILE *out = open_memstream(ret, ret_bytes);

	if (!out)
		abort(); /* only when memory has run out */
	return out;
}

char *answer_text(const struct answer *a)
{
	auto_free char *text = NULL;
	char *folded = NULL;
	size_t bytes;
	FILE *out = open_memory(&text, &bytes);

	put_text(out, a);
	fclose(out);
	out = open_memory(&folded, &bytes);
	wrap_text(out, text);
	fclose(out);
	return folded;
}

/* ---- b4 ---- */

/* Did the kernel of the series fail, and not the lab? */
static bool is_theirs(const struct comparison *c)
{
	if (c->fresh.failure != FAILURE_NONE)
		return true;
	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].side == 'B' && c->boots[i].failure == FAILURE_KERNEL)
			return true;
	return false;
}

static const char *status_of(const struct comparison *c)
{
	if (!is_done(c))
		return "fail";
	switch (c->headline) {
	case VERDICT_REGRESSED:
	case VERDICT_FAILED:
		return "fail";
	case VERDICT_INCONCLUSIVE:
		return "warn";
	case VERDICT_IMPROVED:
	case VERDICT_UNCHANGED:
	case VERDICT_COUNT:
		break;
	}
	return "pass";
}

static json_t *pack_b4(const struct answer *a)
{
	const struct comparison *c = a->whole;
	const char *sentence = is_done(c) ? c->sentence : c->reason;
	auto_free char *details = answer_text(a);
	auto_free char *url = url_of(a);
	auto_free char *summary = mem_printf("%s%s",
		c->emulated ? "[instructions, emulated host] " : "", sentence ? sentence : "");
	json_t *object = json_pack("{s:s, s:s}", "tool", "kvmperf", "status", status_of(c));

	json_object_set_new(object, "summary", json_text(summary));
	if (url)
		json_object_set_new(object, "url", json_text(url));
	json_object_set_new(object, "details", json_text(details));
	return object;
}

int answer_b4(FILE *out, const struct answer *a, struct err *err)
{
	json_t *answer = json_array();
	int r = 0;

	if (is_done(a->whole) ||
		(a->whole && strcmp(a->whole->state, "failed") == 0 && is_theirs(a->whole)))
		json_array_append_new(answer, pack_b4(a));
	if (json_dumpf(answer, out, JSON_INDENT(2)) < 0)
		r = err_set(err, -EIO, "the output could not be written");
	putc('\n', out);
	json_decref(answer);
	return r;
}
