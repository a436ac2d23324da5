/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "io/smtp.h"
#include "notice/alert.h"
#include "notice/digest.h"
#include "rules/mailing.h"
#include "store/outbox.h"
#include "sys/lock.h"
#include "work/post.h"

enum { ATTEMPT_LIMIT_S = 120 };

static int store_end(struct db *db, const struct mail *mail, const struct smtp_answer *answer,
	int64_t now, struct err *err)
{
	static const char *const states[] = {
		[SMTP_SENT] = "sent", [SMTP_LATER] = "waiting", [SMTP_NEVER] = "parked"};
	int64_t wait =
		answer->outcome == SMTP_LATER ? mailing_back_off_ms(mail->attempts + 1) : 0;

	return outbox_end(
		db, mail->id, states[answer->outcome], now + wait, answer->text, now, err);
}

/* A mail to the owner that is refused is not told to the owner. */
static int tell_owner(struct db *db, const struct settings *settings, const struct mail *mail,
	const struct smtp_answer *answer, int64_t now, struct err *err)
{
	auto_free char *text = NULL;

	if (strcmp(mail->kind, "owner") == 0)
		return 0;
	text = mem_printf(
		"The mail server refused mail %lld, \"%.200s\":\n\n  %s\n\n"
		"It is parked. kvmperf mail --preview %lld shows it, kvmperf mail "
		"--retry %lld\nsends it again.\n",
		(long long)mail->id, mail->subject, answer->text, (long long)mail->id,
		(long long)mail->id);
	return post_owner(db, &settings->mail, "a mail was refused", text, now, err);
}

static int deliver_one(struct db *db, const struct settings *settings, const struct mail *mail,
	const struct clock *clock, struct deliver_counts *counts, struct err *err)
{
	struct smtp_answer answer;
	int r = outbox_begin(db, mail, clock_unix_ms(clock), err);

	if (r < 0)
		return r;
	r = smtp_send(&settings->mail, mail, ATTEMPT_LIMIT_S, &answer, err);
	if (r < 0) {
		answer.outcome = SMTP_LATER;
		snprintf(answer.text, sizeof(answer.text), "%.390s", err->text);
	}
	r = store_end(db, mail, &answer, clock_unix_ms(clock), err);
	if (r < 0)
		return r;
	counts->sent += answer.outcome == SMTP_SENT;
	counts->later += answer.outcome == SMTP_LATER;
	counts->parked += answer.outcome == SMTP_NEVER;
	if (answer.outcome != SMTP_SENT)
		snprintf(counts->trouble, sizeof(counts->trouble), "%s", answer.text);
	if (answer.outcome != SMTP_NEVER)
		return 0;
	return tell_owner(db, settings, mail, &answer, clock_unix_ms(clock), err);
}

int deliver_due(struct db *db, const struct settings *settings, const char *state,
	const struct clock *clock, struct deliver_counts *ret, struct err *err)
{
	auto_free char *path = mem_printf("%s/mail.lock", state);
	auto_close int lock = -1;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = digest_post(db, settings, clock_unix_ms(clock), err);
	if (r < 0)
		return r;
	if (!mail_spec_is_live(&settings->mail))
		return 0;
	r = lock_take(path, &lock, err);
	if (r == -EBUSY)
		return 0;
	while (r == 0 && !stop_requested()) {
		struct mail mail = {0};

		r = outbox_due(db, clock_unix_ms(clock), &mail, err);
		if (r <= 0)
			break;
		r = deliver_one(db, settings, &mail, clock, ret, err);
		mail_clear(&mail);
	}
	return r;
}

int deliver_is_due(
	struct db *db, const struct settings *settings, int64_t now_unix_ms, struct err *err)
{
	struct mail mail = {0};
	int r = mail_spec_is_live(&settings->mail) ? outbox_due(db, now_unix_ms, &mail, err)
						   : 0;

	mail_clear(&mail);
	return r;
}
