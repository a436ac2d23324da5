/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "notice/alert.h"
#include "phase/deliver.h"
#include "store/outbox.h"
#include "text/html.h"
#include "text/mailbox.h"
#include "text/options.h"
#include "work/workspace.h"

static const char help[] =
	"usage: kvmperf mail [OPTION...]\n"
	"\n"
	"The outbox. Without a server in [mail] mails stay there, dry.\n"
	"\n"
	"  --queue         list the mails\n"
	"  --preview N     print mail N exactly as it is sent\n"
	"  --test ADDRESS  send a harmless mail\n"
	"  --retry N       send mail N again: a parked or a dry one\n"
	"  --send          send what is due, as the service does\n"
	"  --config FILE   configuration file\n"
	"  --state DIR     where everything is kept\n";

struct options {
	const char *config, *state, *test;
	int preview, retry;
	bool queue, send;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"queue", OPTION_FLAG, OPTION(queue), 0, 0, NULL},
	{"preview", OPTION_INT, OPTION(preview), 1, 1 << 30, NULL},
	{"test", OPTION_TEXT, OPTION(test), 0, 0, NULL},
	{"retry", OPTION_INT, OPTION(retry), 1, 1 << 30, NULL},
	{"send", OPTION_FLAG, OPTION(send), 0, 0, NULL},
	{"config", OPTION_TEXT, OPTION(config), 0, 0, NULL},
	{"state", OPTION_TEXT, OPTION(state), 0, 0, NULL},
};

static const struct option_table table = {"kvmperf mail", help, rows, ARRAY_SIZE(rows), 0};

static int preview(struct db *db, int64_t id, struct err *err)
{
	struct mail mail = {0};
	int r = outbox_load(db, id, &mail, err);

	if (r == 0)
		fputs(mail.message, stdout);
	mail_clear(&mail);
	return r;
}

static int queue(struct db *db, struct err *err)
{
	struct mail *mails = NULL;
	size_t count = 0;
	int r = outbox_list(db, &mails, &count, err);

	for (size_t i = 0; i < count; i++) {
		printf("%4lld  %-8s %-7s %d attempt%s  ", (long long)mails[i].id,
			mails[i].state, mails[i].kind, mails[i].attempts,
			mails[i].attempts == 1 ? "" : "s");
		terminal_text(stdout, mails[i].subject, 100);
		if (mails[i].answer[0]) {
			fputs("\n      ", stdout);
			terminal_text(stdout, mails[i].answer, 200);
		}
		putchar('\n');
		mail_clear(&mails[i]);
	}
	free(mails);
	if (r == 0 && !count)
		puts("the outbox is empty");
	return r;
}

static int send_due(struct workspace *w, struct err *err)
{
	struct deliver_counts counts;
	int r;

	if (!mail_spec_is_live(&w->settings.mail))
		return err_set(err, -ENOTCONN,
			"nothing is sent: [mail] needs from, smtp and to (kvmperf.conf(5))");
	r = deliver_due(w->db, &w->settings, w->state, &clock_real, &counts, err);
	if (r == 0)
		printf("%d sent, %d to be tried again, %d parked\n", counts.sent, counts.later,
			counts.parked);
	return r;
}

static int test(struct workspace *w, const char *address, struct err *err)
{
	struct mail mail = {0};
	int64_t id;
	int r;

	if (!mailbox_address_is_good(address))
		return err_set(err, -EINVAL, "\"%.100s\" is no mail address", address);
	r = alert_test(w->db, &w->settings, address, clock_unix_ms(&clock_real), &id, err);
	if (r == 0)
		r = send_due(w, err);
	if (r == 0)
		r = outbox_load(w->db, id, &mail, err);
	if (r == 0) {
		printf("mail %lld to %s: %s, ", (long long)id, address, mail.state);
		terminal_text(stdout, mail.answer, 200);
		putchar('\n');
	}
	mail_clear(&mail);
	return r;
}

static int run(const struct options *o, struct workspace *w, struct err *err)
{
	if (o->preview)
		return preview(w->db, o->preview, err);
	if (o->test)
		return test(w, o->test, err);
	if (o->retry) {
		int r = outbox_retry(w->db, o->retry, clock_unix_ms(&clock_real), err);

		return r < 0 ? r : send_due(w, err);
	}
	return o->send ? send_due(w, err) : queue(w->db, err);
}

int cmd_mail(int argc, char **argv)
{
	struct options o = {0};
	struct workspace workspace = {0};
	struct err err = ERR_INIT;
	int words, status, r;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	r = workspace_open(&workspace, o.config, o.state, &err);
	if (r == 0)
		r = run(&o, &workspace, &err);
	if (r < 0)
		fprintf(stderr, "kvmperf mail: %s\n", err.text);
	workspace_close(&workspace);
	return r < 0;
}
