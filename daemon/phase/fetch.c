/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/hash.h"
#include "io/http.h"
#include "io/zip.h"
#include "string/str.h"
#include "sys/fs.h"
#include "text/lore.h"

#define PACKED_MAX_BYTES   ((size_t)16 << 20)
#define UNPACKED_MAX_BYTES ((size_t)64 << 20)
#define NOTE_MAX_BYTES	   ((size_t)4096)

enum { LIMIT_MS = 120 * 1000, WAIT_S = 5 * 60, WAIT_MAX_S = 24 * 3600 };

/* What is kept of a thread and of its archive; all are files in STATE/threads. */
struct copy {
	struct lore lore;
	char *mbox;
	char *head; /* two lines: ETag, Last-Modified */
	char *wait; /* of the archive's host: Unix time in ms before which it is not asked */
};

void fetched_clear(struct fetched *fetched)
{
	free(fetched->file);
	free(fetched->id);
	free(fetched->remark);
	memset(fetched, 0, sizeof(*fetched));
}

static void copy_clear(struct copy *copy)
{
	lore_clear(&copy->lore);
	free(copy->mbox);
	free(copy->head);
	free(copy->wait);
}

static int copy_open(const struct fetch *fetch, struct copy *ret, struct err *err)
{
	auto_free char *folder = mem_printf("%s/threads", fetch->state);
	char thread[HASH_HEX_BYTES], host[HASH_HEX_BYTES];
	const char *at;
	int r = lore_parse(fetch->word, fetch->archive, &ret->lore, err);

	if (r < 0)
		return r;
	at = strstr(ret->lore.thread, "://") + 3;
	hash_bytes(ret->lore.thread, strlen(ret->lore.thread), thread);
	hash_bytes(at, strcspn(at, "/"), host);
	ret->mbox = mem_printf("%s/%.24s.mbox", folder, thread);
	ret->head = mem_printf("%s/%.24s.head", folder, thread);
	ret->wait = mem_printf("%s/%.24s.wait", folder, host);
	return fs_make_folder(folder, err);
}

/* ---- politeness ---- */

/* 0 when the archive may be asked now. */
static int64_t wait_until_ms(const struct fetch *fetch, const struct copy *copy)
{
	int64_t now_ms = clock_unix_ms(fetch->clock), until_ms;
	auto_free char *text = NULL;

	if (fs_read(copy->wait, NOTE_MAX_BYTES, &text, NULL, NULL) < 0)
		return 0;
	until_ms = strtoll(text, NULL, 10);
	return until_ms > now_ms && until_ms <= now_ms + WAIT_MAX_S * 1000LL ? until_ms : 0;
}

/* Nothing is asked of this host for as long as it said, within reason. */
static int keep_away(const struct fetch *fetch, const struct copy *copy, int64_t retry_after_s,
	struct err *err)
{
	int64_t wait_s = retry_after_s > 0 ? retry_after_s : WAIT_S;
	int64_t now_ms = clock_unix_ms(fetch->clock);
	auto_free char *text = NULL;

	if (wait_s > WAIT_MAX_S)
		wait_s = WAIT_MAX_S;
	text = mem_printf("%lld\n", (long long)(now_ms + wait_s * 1000));
	return fs_write_atomic(copy->wait, text, strlen(text), err);
}

/* The copy, when there is one, else the reason is the error. */
static int make_do(const struct copy *copy, struct fetched *ret, int code, struct err *err,
	const char *reason)
{
	if (!fs_exists(copy->mbox))
		return err_set(err, code, "%s", reason);
	ret->remark = mem_printf("%s; a copy from before is used", reason);
	return 0;
}

static int left_alone(
	const struct copy *copy, int64_t until_ms, struct fetched *ret, struct err *err)
{
	auto_free char *reason = NULL;
	char stamp[CLOCK_STAMP_BYTES];

	clock_stamp(until_ms, stamp);
	reason = mem_printf(
		"%.300s: the archive wants no request before %s", copy->lore.thread, stamp);
	return make_do(copy, ret, -EAGAIN, err, reason);
}

/* ---- the answer ---- */

static int keep(const struct copy *copy, const struct http_answer *answer, struct err *err)
{
	auto_free char *text = NULL, *head = NULL;
	size_t bytes;
	int r;

	if (answer->body_bytes < 2 || memcmp(answer->body, "\x1f\x8b", 2) != 0)
		return err_set(err, -EBADMSG,
			"%.300s: a packed thread was expected, and \"%.60s\" came: open the "
			"address in a browser, save t.mbox.gz, unpack it and give the file",
			copy->lore.thread, answer->type);
	r = zip_gunzip(
		answer->body, answer->body_bytes, UNPACKED_MAX_BYTES, &text, &bytes, err);
	if (r < 0)
		return err_note(err, "%.300s", copy->lore.thread);
	/* The head goes first and comes last: it never speaks for another text. */
	r = fs_remove_tree(copy->head, err);
	if (r == 0)
		r = fs_write_atomic(copy->mbox, text, bytes, err);
	head = mem_printf("%s\n%s\n", answer->etag ? answer->etag : "",
		answer->modified ? answer->modified : "");
	return r < 0 ? r : fs_write_atomic(copy->head, head, strlen(head), err);
}

static int judge_answer(const struct fetch *fetch, const struct copy *copy,
	const struct http_answer *answer, struct fetched *ret, struct err *err)
{
	auto_free char *reason = NULL;

	if (answer->status == 200)
		return keep(copy, answer, err);
	if (answer->status == 304 && fs_exists(copy->mbox))
		return 0;
	if (answer->status == 404 || answer->status == 410)
		return err_set(err, -ENOENT, "%.300s: the archive has no mail %.200s",
			copy->lore.thread, copy->lore.id);
	if (answer->status == 429 || answer->status == 503) {
		int r = keep_away(fetch, copy, answer->retry_after_s, err);

		return r < 0 ? r : left_alone(copy, wait_until_ms(fetch, copy), ret, err);
	}
	reason = mem_printf("%.300s: status %d", copy->lore.thread, answer->status);
	return make_do(copy, ret, -EPROTO, err, reason);
}

/* Cuts the head's text in its two lines; an empty one is NULL. */
static void read_head(char *text, struct http_wish *wish)
{
	char *second = strchr(text, '\n');

	if (!second)
		return;
	*second++ = '\0';
	second[strcspn(second, "\n")] = '\0';
	wish->etag = text[0] ? text : NULL;
	wish->modified = second[0] ? second : NULL;
}

static int ask(const struct fetch *fetch, const struct copy *copy, struct fetched *ret,
	struct err *err)
{
	auto_http_answer struct http_answer answer = {0};
	struct http_wish wish = {.url = copy->lore.thread,
		.limit_bytes = PACKED_MAX_BYTES,
		.limit_ms = LIMIT_MS};
	auto_free char *head = NULL;
	struct err trouble = ERR_INIT;
	int r;

	if (fs_exists(copy->mbox) &&
		fs_read(copy->head, NOTE_MAX_BYTES, &head, NULL, NULL) == 0)
		read_head(head, &wish);
	r = http_get(&wish, &answer, &trouble);
	if (r == -EIO || r == -ETIMEDOUT)
		return make_do(copy, ret, r, err, trouble.text);
	if (r < 0)
		return err_set(err, r, "%s", trouble.text);
	return judge_answer(fetch, copy, &answer, ret, err);
}

int fetch_thread(const struct fetch *fetch, struct fetched *ret, struct err *err)
{
	struct copy copy = {0};
	struct fetched fetched = {0};
	int r = copy_open(fetch, &copy, err);

	if (r == 0 && !(fetch->copy_will_do && fs_exists(copy.mbox))) {
		int64_t until_ms = wait_until_ms(fetch, &copy);

		r = until_ms ? left_alone(&copy, until_ms, &fetched, err)
			     : ask(fetch, &copy, &fetched, err);
	}
	if (r == 0) {
		fetched.file = take_ptr(copy.mbox);
		fetched.id = take_ptr(copy.lore.id);
		*ret = fetched;
	} else {
		fetched_clear(&fetched);
	}
	copy_clear(&copy);
	return r;
}
