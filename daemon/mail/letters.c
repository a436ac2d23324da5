/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/letters.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "page/letter.h"
#include "store/comparisons.h"
#include "store/events.h"
#include "work/judge.h"
#include "work/post.h"
#include "work/trust.h"

/* What a letter borrows from. */
struct material {
	struct event event;
	struct comparison *others;
	size_t other_count;
	char *aa, *command;
};

static void material_clear(struct material *m)
{
	event_clear(&m->event);
	for (size_t i = 0; i < m->other_count; i++)
		comparison_clear(&m->others[i]);
	free(m->others);
	free(m->aa);
	free(m->command);
}

static int load_others(const struct letters *l, struct material *m, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r = comparison_peers(l->db, l->c->id, &ids, &count, err);

	if (r < 0)
		return r;
	m->others = MEM_NEW(struct comparison, count + 1);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = judge_comparison(l->db, ids[i], &m->others[i], err);
		m->other_count += r == 0;
	}
	return r;
}

static int load_aa(const struct letters *l, struct material *m, struct err *err)
{
	struct trust_record record;
	int r = trust_record(l->db, l->c->host_id, &record, err);

	if (r == 0)
		m->aa = trust_sentence(&record);
	return r;
}

static int load_command(const struct letters *l, struct material *m, struct err *err)
{
	const struct cell *cell = letter_cell(l->c, &m->event);

	if (!cell)
		return 0;
	return comparison_command(l->db, l->c->id, l->c->scenarios[cell->scenario].name,
		l->c->modes[cell->mode], &m->command, err);
}

static int load(const struct letters *l, int64_t event_id, struct material *m, struct err *err)
{
	int r = event_load(l->db, event_id, &m->event, err);

	if (r < 0 || !l->c)
		return r;
	r = load_others(l, m, err);
	if (r == 0)
		r = load_aa(l, m, err);
	return r < 0 ? r : load_command(l, m, err);
}

static struct letter letter_of(const struct letters *l, const struct material *m)
{
	return (struct letter){.mail = l->mail,
		.event = &m->event,
		.c = l->c,
		.others = m->others,
		.other_count = m->other_count,
		.command = m->command,
		.aa = m->aa};
}

static int post(const struct letters *l, const struct material *m, const char *kind,
	const char *body, struct err *err)
{
	const struct letter letter = letter_of(l, m);
	const bool first = strcmp(kind, "report") == 0;
	auto_free char *subject = letter_subject(&letter);
	auto_free char *reply = mem_printf("Re: %s", subject);

	return post_write(l->db, l->mail,
		&(struct post){.kind = kind,
			.subject = first ? subject : reply,
			.body = body,
			.event = &m->event,
			.message_id = first ? m->event.message_id : NULL},
		l->now_unix_ms, NULL, err);
}

static int write_one(const struct letters *l, int64_t event_id, const char *kind,
	char *(*write)(const struct letter *), struct err *err)
{
	struct material m = {0};
	int r = load(l, event_id, &m, err);

	if (r == 0) {
		const struct letter letter = letter_of(l, &m);
		auto_free char *body = write(&letter);

		r = post(l, &m, kind, body, err);
	}
	material_clear(&m);
	return r;
}

int letters_report(const struct letters *letters, int64_t event_id, struct err *err)
{
	return write_one(letters, event_id, "report", letter_report, err);
}

int letters_still(const struct letters *letters, int64_t event_id, struct err *err)
{
	return write_one(letters, event_id, "still", letter_still, err);
}

int letters_fixed(const struct letters *letters, int64_t event_id, struct err *err)
{
	return write_one(letters, event_id, "fixed", letter_fixed, err);
}

int letters_bisect(const struct letters *letters, int64_t event_id,
	const struct finding *finding, struct err *err)
{
	struct material m = {0};
	int r = load(letters, event_id, &m, err);

	if (r == 0) {
		const struct letter letter = letter_of(letters, &m);
		auto_free char *body = letter_bisect(&letter, finding);

		r = post(letters, &m, "bisect", body, err);
	}
	material_clear(&m);
	return r;
}
