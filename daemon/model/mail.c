/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/mail.h"

#include <stdlib.h>
#include <string.h>

void mail_spec_clear(struct mail_spec *spec)
{
	char *texts[] = {spec->from, spec->to, spec->cc, spec->owner, spec->smtp, spec->ca_file,
		spec->user, spec->password_file, spec->archive, spec->site, spec->lab,
		spec->quiet, spec->series_cc};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	strv_clear(&spec->cc_commit);
	strv_clear(&spec->regzbot);
	memset(spec, 0, sizeof(*spec));
}

bool mail_spec_is_live(const struct mail_spec *spec)
{
	return spec->from && spec->from[0] && spec->smtp[0] && (spec->to[0] || spec->owner[0]);
}

bool mail_quiet_hours(const char *text, int *ret_from, int *ret_to)
{
	char *end;
	long from = strtol(text, &end, 10), to;

	if (end == text || *end != '-' || from < 0 || from > 23)
		return false;
	text = end + 1;
	to = strtol(text, &end, 10);
	if (end == text || *end || to < 0 || to > 23)
		return false;
	*ret_from = (int)from;
	*ret_to = (int)to;
	return true;
}

void mail_clear(struct mail *mail)
{
	char *texts[] = {mail->kind, mail->message_id, mail->in_reply_to, mail->references,
		mail->sender, mail->recipients, mail->subject, mail->message, mail->state,
		mail->answer};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	memset(mail, 0, sizeof(*mail));
}
