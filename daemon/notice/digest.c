/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/digest.h"

#include "base/mem.h"
#include "mail/digest.h"
#include "page/letter.h"
#include "rules/mailing.h"
#include "store/outbox.h"
#include "work/post.h"

static int write_one(
	struct db *db, const struct mail_spec *mail, int64_t last, int64_t now, struct err *err)
{
	struct digest digest = {0};
	int r = digest_gather(db, last, now, &digest, err);

	if (r == 0 && !digest_is_empty(&digest)) {
		auto_free char *body = letter_digest(mail, &digest);

		r = post_write(db, mail,
			&(struct post){.kind = "digest",
				.subject = "[kvmperf] weekly digest",
				.body = body},
			now, NULL, err);
	}
	digest_clear(&digest);
	return r;
}

int digest_post(
	struct db *db, const struct settings *settings, int64_t now_unix_ms, struct err *err)
{
	int64_t last = 0;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r < 0)
		return r;
	r = outbox_last(db, "digest", NULL, &last, err);
	if (r == 0 && mailing_digest_due(now_unix_ms, settings->mail.digest_day, last))
		r = write_one(db, &settings->mail, last, now_unix_ms, err);
	return db_part_end(&part, r < 0 ? r : 0, err);
}
