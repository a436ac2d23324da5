/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/alert.h"

#include <math.h>
#include <string.h>

static bool same_cell(
	const struct comparison *c, const struct cell *cell, const struct event_cell *of)
{
	return strcmp(c->scenarios[cell->scenario].name, of->scenario) == 0 &&
	       strcmp(c->modes[cell->mode], of->mode) == 0 &&
	       strcmp(c->metrics[cell->metric].name, of->metric) == 0;
}

static const struct cell *find_cell(const struct comparison *c, const struct event_cell *of)
{
	for (size_t i = 0; i < c->cell_count; i++)
		if (same_cell(c, &c->cells[i], of))
			return &c->cells[i];
	return NULL;
}

/* An event has one row a host and cell: only the first host's counts. */
static bool is_repeated(const struct event *event, size_t index)
{
	const struct event_cell *a = &event->cells[index];

	for (size_t i = 0; i < index; i++) {
		const struct event_cell *b = &event->cells[i];

		if (!strcmp(a->scenario, b->scenario) && !strcmp(a->mode, b->mode) &&
			!strcmp(a->metric, b->metric))
			return true;
	}
	return false;
}

double alert_overlap(const struct comparison *c, const struct event *event)
{
	enum verdict verdict = event->improved ? VERDICT_IMPROVED : VERDICT_REGRESSED;
	size_t flagged = c->verdicts[verdict], both = 0, rows = 0;

	for (size_t i = 0; i < event->cell_count; i++) {
		const struct cell *cell = find_cell(c, &event->cells[i]);

		if (is_repeated(event, i))
			continue;
		rows++;
		both += cell && cell->verdict == verdict;
	}
	return flagged + rows > both ? (double)both / (double)(flagged + rows - both) : 0;
}

/* All of the event's cells are back: unchanged against its own base, or the step is undone. */
static bool is_fixed(const struct comparison *c, const struct event *event)
{
	size_t seen = 0;

	for (size_t i = 0; i < event->cell_count; i++) {
		const struct event_cell *of = &event->cells[i];
		const struct cell *cell = find_cell(c, of);

		if (strcmp(of->host, c->host) || !cell)
			continue;
		seen++;
		if (c->base.commit_id == event->from.id && cell->verdict == VERDICT_UNCHANGED)
			continue;
		if (c->base.commit_id != event->from.id &&
			cell->verdict ==
				(event->improved ? VERDICT_REGRESSED : VERDICT_IMPROVED) &&
			fabs(log1p(cell->change) + log1p(of->change)) <= log1p(of->minimum))
			continue;
		return false;
	}
	return seen > 0;
}

/* The event's range as it is, or as it was when a confirm showed it: a bisect narrows it. */
static bool is_same_range(const struct comparison *c, const struct event *event)
{
	if (c->base.commit_id == event->from.id && c->fresh.commit_id == event->to.id)
		return true;
	for (size_t i = 0; i < event->evidence_count; i++) {
		const struct event_evidence *e = &event->evidence[i];

		if ((e->role == EVENT_OPENED || e->role == EVENT_MERGED) &&
			strcmp(e->base_oid, c->base.oid) == 0 &&
			strcmp(e->new_oid, c->fresh.oid) == 0)
			return true;
	}
	return false;
}

static struct alert_answer ask_one(const struct comparison *c, const struct event *event)
{
	struct alert_answer answer = {ALERT_NOTHING, 0, false};
	bool flagged = c->headline == (event->improved ? VERDICT_IMPROVED : VERDICT_REGRESSED);

	if (c->emulated != event->emulated)
		return answer; /* instructions and time never mix */
	if (is_same_range(c, event))
		answer.kind = flagged ? ALERT_MERGE : ALERT_DIFFERS;
	else if (is_fixed(c, event))
		answer.kind = ALERT_FIXED;
	else if (flagged && alert_overlap(c, event) >= ALERT_OVERLAP &&
		 c->effect.change >= event->low && c->effect.change <= event->high)
		answer.kind = c->base.commit_id == event->from.id ? ALERT_STILL : ALERT_ATTACH;
	answer.level =
		answer.kind == ALERT_ATTACH && event->attached + 1 >= ALERT_LEVEL_KERNELS;
	return answer;
}

struct alert_answer alert_answer(
	const struct comparison *c, const struct event *events, size_t count)
{
	struct alert_answer answer = {ALERT_NOTHING, 0, false};

	for (size_t i = 0; i < count; i++) {
		answer = ask_one(c, &events[i]);
		answer.event = i;
		if (answer.kind != ALERT_NOTHING)
			return answer;
	}
	if (!c->same_image &&
		(c->headline == VERDICT_REGRESSED || c->headline == VERDICT_IMPROVED))
		answer.kind = ALERT_OPEN;
	return answer;
}
