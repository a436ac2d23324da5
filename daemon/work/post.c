/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/post.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/mem.h"
#include "io/hash.h"
#include "io/mime.h"
#include "rules/mailing.h"
#include "store/outbox.h"
#include "string/str.h"
#include "text/mailbox.h"

/* The configured sender, or one that says that nothing is configured. */
static void add_sender(const struct mail_spec *spec, struct mailboxes *ret)
{
	mailboxes_read(ret, spec->from);
	if (!ret->count)
		mailboxes_add(ret, "kvmperf", "kvmperf@localhost");
}

char *post_message_id(const struct mail_spec *spec, const char *seed, int64_t now_unix_ms)
{
	auto_mailboxes struct mailboxes from = {0};
	auto_free char *text = mem_printf("%s %lld", seed, (long long)now_unix_ms);
	time_t seconds = (time_t)(now_unix_ms / 1000);
	char hex[HASH_HEX_BYTES], stamp[32];
	struct tm tm;

	add_sender(spec, &from);
	hash_bytes(text, strlen(text), hex);
	gmtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d%H%M", &tm);
	return mem_printf(
		"%s.%.8s-kvmperf@%s", stamp, hex, strchr(from.items[0].address, '@') + 1);
}

static bool wants(const struct mail_spec *spec, const char *who)
{
	for (size_t i = 0; i < spec->cc_commit.count; i++)
		if (strcmp(spec->cc_commit.items[i], who) == 0)
			return true;
	return false;
}

/* Only who is named by one commit, never for a guess; what does not parse is left out. */
static void add_people(const struct mail_spec *spec, const struct event *event,
	struct mailboxes *to, struct mailboxes *cc)
{
	const struct event_commit *commit = event_commit(event);

	if (!event_is_exact(event))
		return;
	if (wants(spec, "author") && commit->author)
		mailboxes_read(to, commit->author);
	for (const char *line = commit->people; line && *line;) {
		size_t length = strcspn(line, "\n");
		auto_free char *text = mem_strndup(line, length);
		char *value = strstr(text, ": ");
		bool is_committer = text_starts(text, "committer: ");

		if (value && wants(spec, is_committer ? "committer" : "reviewers"))
			mailboxes_read(cc, value + 2);
		line += length + (line[length] == '\n');
	}
}

static bool has_address(const struct mailboxes *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcasecmp(list->items[i].address, address) == 0)
			return true;
	return false;
}

/* A list of addresses, but for those who get the mail anyway. */
static void add_others(struct mailboxes *cc, const struct mailboxes *to, const char *text)
{
	auto_mailboxes struct mailboxes all = {0};

	mailboxes_read(&all, text);
	for (size_t i = 0; i < all.count; i++)
		if (!has_address(to, all.items[i].address))
			mailboxes_add(cc, all.items[i].name, all.items[i].address);
}

static void address(const struct mail_spec *spec, const struct post *post, struct mailboxes *to,
	struct mailboxes *cc)
{
	if (post->to) {
		mailboxes_read(to, post->to);
		add_others(cc, to, post->cc ? post->cc : "");
		return;
	}
	if (post->event)
		add_people(spec, post->event, to, cc);
	mailboxes_read(to, spec->to);
	add_others(cc, to, spec->cc);
}

static void add_lines(struct str *out, const struct mailboxes *list)
{
	for (size_t i = 0; i < list->count; i++)
		str_addf(out, "%s%s", out->length ? "\n" : "", list->items[i].address);
}

static int64_t when(const struct mail_spec *spec, const struct post *post, int64_t now_unix_ms)
{
	int from, to;

	if (post->urgent || !mail_quiet_hours(spec->quiet, &from, &to))
		return now_unix_ms;
	return mailing_after_quiet(now_unix_ms, from, to);
}

int post_write(struct db *db, const struct mail_spec *spec, const struct post *post,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	auto_mailboxes struct mailboxes from = {0}, to = {0}, cc = {0};
	auto_str struct str recipients = STR_INIT;
	const char *thread = post->event      ? post->event->message_id
			     : post->reply_to ? post->reply_to
					      : "";
	const char *references = post->references ? post->references : thread;
	auto_free char *id = post->message_id
				     ? mem_strdup(post->message_id)
				     : post_message_id(spec, post->subject, now_unix_ms);
	auto_free char *text = NULL;
	struct mail mail;
	int r;

	if (strcmp(id, thread) == 0)
		references = thread = "";
	add_sender(spec, &from);
	address(spec, post, &to, &cc);
	add_lines(&recipients, &to);
	add_lines(&recipients, &cc);
	text = mime_write(&(struct mime_mail){.from = &from.items[0],
		.to = &to,
		.cc = &cc,
		.subject = post->subject,
		.message_id = id,
		.in_reply_to = thread,
		.references = references,
		.unix_ms = now_unix_ms,
		.body = post->body});
	mail = (struct mail){.event_id = post->event ? post->event->id : 0,
		.kind = (char *)(uintptr_t)post->kind,
		.message_id = id,
		.in_reply_to = (char *)(uintptr_t)thread,
		.references = (char *)(uintptr_t)references,
		.sender = from.items[0].address,
		.recipients = (char *)(uintptr_t)str_text(&recipients),
		.subject = (char *)(uintptr_t)post->subject,
		.message = text,
		.state = (char *)(uintptr_t)(mail_spec_is_live(spec) && recipients.length
						     ? "waiting"
						     : "dry"),
		.next_unix_ms = when(spec, post, now_unix_ms),
		.created_unix_ms = now_unix_ms};
	r = outbox_add(db, &mail, err);
	if (r == 0 && ret_id)
		*ret_id = mail.id;
	return r;
}

int post_owner(struct db *db, const struct mail_spec *spec, const char *subject,
	const char *text, int64_t now_unix_ms, struct err *err)
{
	auto_free char *marked = mem_printf("[kvmperf] %.200s", subject);
	const struct post post = {.kind = "owner",
		.subject = marked,
		.body = text,
		.to = spec->owner,
		.urgent = true};
	int64_t last = 0;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r < 0)
		return r;
	r = outbox_last(db, "owner", marked, &last, err);
	if (r == 0 && (!last || now_unix_ms - last >= MAILING_DAY_MS))
		r = post_write(db, spec, &post, now_unix_ms, NULL, err);
	return db_part_end(&part, r < 0 ? r : 0, err);
}
