/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/posting.h"

#include <stdlib.h>

void posting_clear(struct posting *mail)
{
	free(mail->id);
	free(mail->reply_to);
	free(mail->from_name);
	free(mail->from_mail);
	free(mail->subject);
	free(mail->body);
	free(mail->charset);
	free(mail->problem);
	*mail = (struct posting){0};
}

void posting_list_clear(struct posting_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		posting_clear(&list->mails[i]);
	free(list->mails);
	*list = (struct posting_list){0};
}

void posted_clear(struct posted *posted)
{
	free(posted->id);
	free(posted->subject);
	free(posted->patches);
	free(posted->remark);
	*posted = (struct posted){0};
}
