/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice/alert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mail/letters.h"
#include "rules/alert.h"
#include "rules/lifecycle.h"
#include "rules/mailing.h"
#include "store/event_changes.h"
#include "store/events.h"
#include "store/outbox.h"
#include "work/judge.h"
#include "work/post.h"
#include "work/trust.h"

#define SERVICE "kvmperf"

enum { STILL_PAUSE_DAYS = 14 }; /* a thread is not reminded more often */

/* Everything of one confirm. */
struct alert {
	struct db *db;
	const struct mail_spec *mail;
	const struct settings *settings;
	struct comparison c;
	int64_t now;
	struct event *events; /* of its branch, with their cells */
	size_t count;
};

static void alert_clear(struct alert *a)
{
	event_list_free(a->events, a->count);
	comparison_clear(&a->c);
}

static int load_events(struct alert *a, struct err *err)
{
	const char *branch = a->c.branch ? a->c.branch : "";
	struct event *heads = NULL;
	size_t count = 0;
	int r = event_list(a->db, EVENTS_ALL, branch, &heads, &count, err);

	if (r < 0)
		return r;
	a->events = MEM_NEW(struct event, count + 1);
	for (size_t i = 0; i < count && r == 0; i++) {
		if (!event_state_is_open(heads[i].state) && heads[i].state != EVENT_WONTFIX &&
			heads[i].state != EVENT_FIXED_SEEN)
			continue;
		r = event_load(a->db, heads[i].id, &a->events[a->count], err);
		a->count += r == 0;
	}
	event_list_free(heads, count);
	return r;
}

static int load(struct alert *a, int64_t id, struct err *err)
{
	int r = judge_comparison(a->db, id, &a->c, err);

	return r < 0 ? r : load_events(a, err);
}

static struct event_cell row_of(const struct alert *a, const struct cell *cell)
{
	const struct comparison *c = &a->c;

	return (struct event_cell){.host_id = a->c.host_id,
		.scenario = c->scenarios[cell->scenario].name,
		.mode = c->modes[cell->mode],
		.metric = c->metrics[cell->metric].name,
		.unit = c->metrics[cell->metric].unit,
		.change = cell->change,
		.low = cell->low,
		.high = cell->high,
		.minimum = cell->minimum,
		.base_value = cell->base.mean,
		.new_value = cell->fresh.mean};
}

/* The flagged cells as an event's rows; their text is borrowed. The caller frees. */
static struct event_cell *rows_of(const struct alert *a, size_t *ret_count)
{
	struct event_cell *rows = MEM_NEW(struct event_cell, a->c.cell_count + 1);

	*ret_count = 0;
	for (size_t i = 0; i < a->c.cell_count; i++)
		if (a->c.cells[i].verdict == a->c.headline)
			rows[(*ret_count)++] = row_of(a, &a->c.cells[i]);
	return rows;
}

static struct letters letters_of(const struct alert *a)
{
	return (struct letters){a->db, a->mail, &a->c, a->now};
}

static bool has_report(const struct event *event)
{
	return event->told && strcmp(event->told, "mail") == 0;
}

static bool is_tainted(const struct comparison *c)
{
	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].symptom == SYMPTOM_TAINTED)
			return true;
	return false;
}

static int find_facts(struct alert *a, struct mailing_facts *ret, struct err *err)
{
	const char *branch = a->c.branch ? a->c.branch : "";
	struct trust_check check = {0};
	int r = trust_find(a->db, a->c.id, &check, err);

	if (r < 0)
		return r;
	*ret = (struct mailing_facts){
		.improved = a->c.headline == VERDICT_IMPROVED,
		.emulated = a->c.emulated,
		.emulated_allowed = a->mail->emulated,
		.host_moved = r > 0 && check.quarantine,
		.control_moved = r > 0 && check.between_moved,
		.tainted = is_tainted(&a->c),
		.no_branch = !*branch,
		.daily_limit = a->mail->daily_limit,
	};
	return outbox_count_reports(
		a->db, branch, a->now - MAILING_DAY_MS, &ret->reports_today, err);
}

/* What is not believed makes an event that waits: another host may confirm it. */
static int tell(struct alert *a, int64_t id, struct err *err)
{
	const struct letters letters = letters_of(a);
	struct mailing_facts facts;
	enum mailing_way way = MAILING_NOT;
	const char *why;
	int r = find_facts(a, &facts, err);

	if (r < 0)
		return r;
	way = mailing_way(&facts, &why);
	if (mailing_is_believed(&facts))
		r = event_move(a->db, id, EVENT_NEW, EVENT_CONFIRMED, SERVICE,
			a->c.evidence ? a->c.evidence : "interleaved boots", a->now, err);
	if (r == 0)
		r = event_note(a->db, id, SERVICE, why, a->now, err);
	if (r == 0 && way != MAILING_NOT)
		r = event_tell(a->db, id, way == MAILING_REPORT ? "mail" : "digest", err);
	if (r == 0 && way == MAILING_REPORT)
		r = letters_report(&letters, id, err);
	return r;
}

/*
 * What the comparison says of its headline, with rows; texts are borrowed. A host that
 * moved makes an event that waits: it says what was seen.
 */
static struct event headline_of(const struct alert *a, struct event_cell *rows, size_t count)
{
	const struct comparison *c = &a->c;
	const struct comparison_metric *metric = &c->metrics[c->effect.metric];
	struct event event = {.metric = metric->name,
		.title = metric->title,
		.unit = metric->unit,
		.change = c->effect.change,
		.low = c->effect.low,
		.high = c->effect.high,
		.cells_flagged = count,
		.sentence = c->doubted ? c->doubted : c->sentence,
		.cells = rows,
		.cell_count = count};

	for (int i = 0; i < VERDICT_COUNT; i++)
		event.cells_judged += c->verdicts[i];
	return event;
}

static int open_event(struct alert *a, struct err *err)
{
	const struct comparison *c = &a->c;
	const struct branch_spec *branch =
		c->branch ? settings_branch(a->settings, c->branch) : NULL;
	auto_free char *seed = mem_printf("event of comparison %lld", (long long)c->id);
	auto_free char *message_id = post_message_id(a->mail, seed, a->now);
	size_t count;
	auto_free struct event_cell *rows = rows_of(a, &count);
	struct event event = headline_of(a, rows, count);
	int r;

	event.branch = c->branch;
	event.repository = branch ? branch->repository : NULL;
	event.from.id = c->base.commit_id;
	event.to.id = c->fresh.commit_id;
	event.improved = c->headline == VERDICT_IMPROVED;
	event.state = EVENT_NEW;
	event.emulated = c->emulated;
	event.message_id = message_id;
	event.opened_unix_ms = a->now;
	r = event_add(a->db, &event, SERVICE, event.sentence, err);
	if (r == 0)
		r = event_add_evidence(a->db, event.id, c->id, EVENT_OPENED, a->now, err);
	return r < 0 ? r : tell(a, event.id, err);
}

/* An event that nobody was told of is told in the words of the one that is to be believed. */
static int merge(struct alert *a, const struct event *event, struct err *err)
{
	size_t count;
	auto_free struct event_cell *rows = rows_of(a, &count);
	struct event headline = headline_of(a, rows, count);
	int r = event_add_cells(a->db, event->id, rows, count, err);

	if (r == 0)
		r = event_note(a->db, event->id, SERVICE, "the same on another host or run",
			a->now, err);
	if (r < 0 || event->state != EVENT_NEW)
		return r;
	headline.id = event->id;
	r = event_restate(a->db, &headline, err);
	return r < 0 ? r : tell(a, event->id, err);
}

static int still(struct alert *a, const struct event *event, struct err *err)
{
	const struct letters letters = letters_of(a);
	int64_t last = 0;
	int r = 0;

	if (event->state == EVENT_FIXED_SEEN)
		r = event_move(a->db, event->id, EVENT_FIXED_SEEN, EVENT_CONFIRMED, SERVICE,
			"it is back", a->now, err);
	for (size_t i = 0; i < event->mail_count; i++)
		last = event->mails[i].unix_ms > last ? event->mails[i].unix_ms : last;
	if (r == 0 && has_report(event) && event->state != EVENT_WONTFIX &&
		(event->state == EVENT_FIXED_SEEN ||
			a->now - last >= STILL_PAUSE_DAYS * MAILING_DAY_MS))
		r = letters_still(&letters, event->id, err);
	return r;
}

static int fixed(struct alert *a, const struct event *event, struct err *err)
{
	const struct letters letters = letters_of(a);
	int r;

	if (!lifecycle_allows(event->state, EVENT_FIXED_SEEN, BY_SERVICE))
		return 0;
	r = event_move(a->db, event->id, event->state, EVENT_FIXED_SEEN, SERVICE,
		"its cells are back, by a confirm", a->now, err);
	return r < 0 || !has_report(event) ? r : letters_fixed(&letters, event->id, err);
}

static int act(struct alert *a, const struct alert_answer *answer, struct err *err)
{
	static const enum event_role roles[] = {[ALERT_MERGE] = EVENT_MERGED,
		[ALERT_DIFFERS] = EVENT_DIFFERS,
		[ALERT_ATTACH] = EVENT_ATTACHED,
		[ALERT_STILL] = EVENT_STILL,
		[ALERT_FIXED] = EVENT_FIXED};
	const struct event *event = &a->events[answer->event];
	struct mailing_facts facts;
	int r;

	if (answer->kind == ALERT_NOTHING)
		return 0;
	if (answer->kind == ALERT_OPEN)
		return open_event(a, err);
	r = find_facts(a, &facts, err);
	if (r < 0)
		return r;
	if (!mailing_is_believed(&facts) && answer->kind != ALERT_MERGE)
		return event_note(a->db, event->id, SERVICE,
			"measured once more, by a machine that is not to be trusted", a->now,
			err);
	r = event_add_evidence(a->db, event->id, a->c.id, roles[answer->kind], a->now, err);
	if (r < 0)
		return r;
	switch (answer->kind) {
	case ALERT_MERGE:
		return merge(a, event, err);
	case ALERT_ATTACH:
		return event_attach(a->db, event->id, answer->level, a->now, err);
	case ALERT_STILL:
		return still(a, event, err);
	case ALERT_FIXED:
		return fixed(a, event, err);
	case ALERT_DIFFERS:
	case ALERT_NOTHING:
	case ALERT_OPEN:
		return 0;
	}
	return 0;
}

int alert_judged(struct db *db, const struct settings *settings, int64_t comparison_id,
	int64_t now_unix_ms, struct err *err)
{
	struct alert a = {
		.db = db, .mail = &settings->mail, .settings = settings, .now = now_unix_ms};
	struct alert_answer answer;
	enum event_role role;
	int64_t id;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r < 0)
		return r;
	r = event_of_comparison(db, comparison_id, &id, &role, err); /* told before? */
	if (r == 0)
		r = event_is_question(db, comparison_id, err);
	if (r != 0)
		return db_part_end(&part, r < 0 ? r : 0, err);
	r = load(&a, comparison_id, err);
	if (r == 0 && a.c.confirm && a.c.kind == COMPARISON_CONFIRM &&
		strcmp(a.c.state, "done") == 0) {
		answer = alert_answer(&a.c, a.events, a.count);
		r = act(&a, &answer, err);
	}
	alert_clear(&a);
	return db_part_end(&part, r < 0 ? r : 0, err);
}

static int store_bisect(struct alert *a, int64_t id, const struct finding *f, struct err *err)
{
	bool one = f->kind == FINDING_COMMIT;
	int r = 0;

	if (f->kind != FINDING_NONE)
		r = event_narrow(a->db, id, f->from_commit, f->to_commit,
			one ? f->to_commit : 0, a->now, err);
	if (r == 0 && f->comparison_id)
		r = event_add_evidence(a->db, id, f->comparison_id, EVENT_BISECT, a->now, err);
	if (r >= 0)
		r = event_note(a->db, id, SERVICE,
			one			   ? "a bisect named the commit"
			: f->kind == FINDING_RANGE ? "a bisect made the range smaller"
						   : "a bisect did not see the change again",
			a->now, err);
	return r;
}

static int answer_bisect(
	struct alert *a, int64_t event_id, const struct finding *finding, struct err *err)
{
	struct letters letters = letters_of(a);
	int r = 0;

	letters.c = NULL;
	if (finding->comparison_id) {
		letters.c = &a->c;
		r = judge_comparison(a->db, finding->comparison_id, &a->c, err);
	}
	return r < 0 ? r : letters_bisect(&letters, event_id, finding, err);
}

int alert_bisected(struct db *db, const struct settings *settings, int64_t event_id,
	const struct finding *finding, int64_t now_unix_ms, struct err *err)
{
	struct alert a = {
		.db = db, .mail = &settings->mail, .settings = settings, .now = now_unix_ms};
	struct event event = {0};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r < 0)
		return r;
	r = event_load(db, event_id, &event, err);
	for (size_t i = 0; r == 0 && i < event.evidence_count; i++)
		if (finding->comparison_id && event.evidence[i].role == EVENT_BISECT &&
			event.evidence[i].comparison_id == finding->comparison_id)
			r = 1; /* told before */
	if (r == 0)
		r = store_bisect(&a, event_id, finding, err);
	if (r == 0 && has_report(&event))
		r = answer_bisect(&a, event_id, finding, err);
	event_clear(&event);
	alert_clear(&a);
	return db_part_end(&part, r < 0 ? r : 0, err);
}

int alert_test(struct db *db, const struct settings *settings, const char *address,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	return post_write(db, &settings->mail,
		&(struct post){.kind = "test",
			.subject = "[kvmperf] test mail",
			.body = "Hello,\n\nthis is a test mail of kvmperf. Nothing is wrong, "
				"and there is nothing to do.\n",
			.to = address,
			.urgent = true},
		now_unix_ms, ret_id, err);
}
