/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/outbox.h"

#include <errno.h>

#include "base/mem.h"

static const char add_sql[] =
	"INSERT INTO outbox (event_id, kind, message_id, in_reply_to, refs, sender, "
	"recipients, "
	"subject, message, state, next_unix_ms, created_unix_ms, updated_unix_ms) "
	"VALUES (nullif(:event, 0), :kind, :id, :reply, :refs, :sender, :recipients, :subject, "
	":message, :state, :next, :now, :now)";

int outbox_add(struct db *db, struct mail *mail, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, add_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":event", mail->event_id);
	query_bind_text(query, ":kind", mail->kind);
	query_bind_text(query, ":id", mail->message_id);
	query_bind_text(query, ":reply", mail->in_reply_to ? mail->in_reply_to : "");
	query_bind_text(query, ":refs", mail->references ? mail->references : "");
	query_bind_text(query, ":sender", mail->sender);
	query_bind_text(query, ":recipients", mail->recipients);
	query_bind_text(query, ":subject", mail->subject);
	query_bind_text(query, ":message", mail->message);
	query_bind_text(query, ":state", mail->state);
	query_bind_int(query, ":next", mail->next_unix_ms);
	query_bind_int(query, ":now", mail->created_unix_ms);
	r = query_run(query, err);
	if (r == 0)
		mail->id = db_last_id(db);
	return r;
}

#define MAIL_COLUMNS                                                                     \
	"SELECT id, event_id, kind, message_id, in_reply_to, refs, sender, recipients, " \
	"subject, state, attempts, next_unix_ms, answer, created_unix_ms, message FROM " \
	"outbox "

static void read_mail(struct query *query, struct mail *ret)
{
	*ret = (struct mail){
		.id = query_int(query, 0),
		.event_id = query_int(query, 1),
		.kind = query_text_dup(query, 2),
		.message_id = query_text_dup(query, 3),
		.in_reply_to = query_text_dup(query, 4),
		.references = query_text_dup(query, 5),
		.sender = query_text_dup(query, 6),
		.recipients = query_text_dup(query, 7),
		.subject = query_text_dup(query, 8),
		.state = query_text_dup(query, 9),
		.attempts = (int)query_int(query, 10),
		.next_unix_ms = query_int(query, 11),
		.answer = query_text_dup(query, 12),
		.created_unix_ms = query_int(query, 13),
		.message = query_text_dup(query, 14),
	};
}

int outbox_load(struct db *db, int64_t id, struct mail *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, MAIL_COLUMNS "WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(
			err, -ENOENT, "there is no mail %lld in the outbox", (long long)id);
	if (r > 0)
		read_mail(query, ret);
	return r < 0 ? r : 0;
}

int outbox_due(struct db *db, int64_t now_unix_ms, struct mail *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		MAIL_COLUMNS
		"WHERE state IN ('waiting', 'sending') AND next_unix_ms <= :now "
		"ORDER BY next_unix_ms, id LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":now", now_unix_ms);
	r = query_step(query, err);
	if (r > 0)
		read_mail(query, ret);
	return r;
}

static int run_compared(
	struct db *db, struct query *query, int64_t id, const char *what, struct err *err)
{
	int r = query_run(query, err);

	if (r == 0 && db_changes(db) != 1)
		return err_set(err, -ESTALE, "mail %lld %s", (long long)id, what);
	return r;
}

int outbox_begin(struct db *db, const struct mail *mail, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE outbox SET state = 'sending', attempts = attempts + 1, "
		"updated_unix_ms = :now WHERE id = :id AND state = :state",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", mail->id);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_text(query, ":state", mail->state);
	return run_compared(db, query, mail->id, "was changed meanwhile", err);
}

int outbox_end(struct db *db, int64_t id, const char *state, int64_t next_unix_ms,
	const char *answer, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE outbox SET state = :state, next_unix_ms = :next, answer = :answer, "
		"updated_unix_ms = :now WHERE id = :id AND state = 'sending'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":state", state);
	query_bind_int(query, ":next", next_unix_ms);
	query_bind_text(query, ":answer", answer);
	query_bind_int(query, ":now", now_unix_ms);
	return run_compared(db, query, id, "was not being sent", err);
}

int outbox_retry(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE outbox SET state = 'waiting', next_unix_ms = :now, attempts = 0, "
		"updated_unix_ms = :now WHERE id = :id AND state IN ('parked', 'dry', "
		"'waiting')",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":now", now_unix_ms);
	return run_compared(
		db, query, id, "is not there, or is sent or being sent already", err);
}

int outbox_find_answer(struct db *db, const char *kind, const char *message_id, int64_t *ret_id,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT id FROM outbox WHERE kind = :kind AND in_reply_to = :id "
		"ORDER BY id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":kind", kind);
	query_bind_text(query, ":id", message_id);
	r = query_step(query, err);
	if (r > 0)
		*ret_id = query_int(query, 0);
	return r;
}

int outbox_list(struct db *db, struct mail **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	struct mail *mails = NULL;
	size_t count = 0;
	int r = query_open(db, MAIL_COLUMNS "ORDER BY id", &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		mails = mem_grow(mails, count + 1, sizeof(*mails));
		read_mail(query, &mails[count]);
		mem_free_ptr(&mails[count].message);
		mails[count++].message = NULL;
	}
	*ret = mails;
	*ret_count = count;
	return r;
}

int outbox_count_reports(
	struct db *db, const char *branch, int64_t since_unix_ms, int *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT count(*) FROM outbox o JOIN events e ON e.id = o.event_id "
		"WHERE o.kind = 'report' AND e.branch = :branch AND o.created_unix_ms >= "
		":since",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":branch", branch);
	query_bind_int(query, ":since", since_unix_ms);
	r = query_step(query, err);
	if (r > 0)
		*ret = (int)query_int(query, 0);
	return r < 0 ? r : 0;
}

int outbox_last(struct db *db, const char *kind, const char *subject, int64_t *ret_unix_ms,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT coalesce(max(created_unix_ms), 0) FROM outbox WHERE kind = :kind "
		"AND (:subject IS NULL OR subject = :subject)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":kind", kind);
	query_bind_text(query, ":subject", subject);
	r = query_step(query, err);
	if (r > 0)
		*ret_unix_ms = query_int(query, 0);
	return r < 0 ? r : 0;
}
