/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/reply.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "page/letter.h"
#include "store/outbox.h"
#include "string/str.h"
#include "text/lore.h"
#include "text/mailbox.h"
#include "work/post.h"

static int check(const struct settings *settings, const struct reply *reply, struct err *err)
{
	const struct applied *series = reply->series;

	if (strcmp(reply->whole->state, "done") != 0)
		return err_set(err, -EAGAIN,
			"the measurement has not come to its end (%s): there is nothing to "
			"reply yet",
			reply->whole->reason ? reply->whole->reason : "it runs");
	if (reply->whole->emulated && !settings->mail.emulated)
		return err_set(err, -EPERM,
			"an emulated host counts instructions, and its answers are not mailed "
			"to people unless [mail] emulated = yes; --report prints what to "
			"paste");
	if (!lore_is_id(series->id))
		return err_set(err, -EINVAL,
			"the mails have no Message-ID that could be answered: give the thread "
			"as the archive has it");
	if (!mailbox_address_is_good(series->from_mail))
		return err_set(err, -EINVAL,
			"the sender of the cover letter, \"%.100s\", is no mail address",
			series->from_mail);
	return 0;
}

/* A name that cannot be more than a name: what separates addresses is left out. */
static char *address_of(const struct applied *series)
{
	auto_free char *name = mem_strdup(series->from_name);
	char *to = name;

	for (const char *from = name; *from; from++)
		if (!strchr(",;:<>\"\\()[]@", *from) && (unsigned char)*from >= ' ')
			*to++ = *from;
	*to = '\0';
	return mem_printf("%s <%s>", name, series->from_mail);
}

static int write_one(struct db *db, const struct settings *settings, const struct reply *reply,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	const struct applied *series = reply->series;
	bool is_reply = strncasecmp(series->line, "re:", 3) == 0;
	auto_free char *subject = mem_printf("%s%.300s", is_reply ? "" : "Re: ", series->line);
	auto_free char *body = letter_series(&settings->mail, reply->text);
	auto_free char *to = address_of(series);
	bool chained = lore_is_id(series->answered);
	auto_free char *references = mem_printf(
		"%s%s%s", chained ? series->answered : "", chained ? " " : "", series->id);

	return post_write(db, &settings->mail,
		&(struct post){.kind = "series",
			.subject = subject,
			.body = body,
			.reply_to = series->id,
			.references = references,
			.to = to,
			.cc = settings->mail.series_cc,
			.urgent = true},
		now_unix_ms, ret_id, err);
}

int reply_write(struct db *db, const struct settings *settings, const struct reply *reply,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	struct db_part part;
	int64_t before;
	int r = check(settings, reply, err);

	if (r == 0)
		r = db_part_begin(db, &part, err);
	if (r < 0)
		return r;
	r = outbox_find_answer(db, "series", reply->series->id, &before, err);
	if (r > 0 && !reply->again)
		r = err_set(err, -EEXIST,
			"mail %lld answers this series already (kvmperf mail --preview %lld); "
			"--again writes another",
			(long long)before, (long long)before);
	if (r >= 0)
		r = write_one(db, settings, reply, now_unix_ms, ret_id, err);
	return db_part_end(&part, r, err);
}
