/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/listing.h"

#include "base/mem.h"
#include "model/comparison.h"
#include "model/drift.h"
#include "model/event.h"
#include "model/site_map.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/json.h"

/* What they are, wherever numbers of an emulated host may stand. */
static json_t *numbers(int emulated)
{
	return json_text(emulated ? DISPLAY_EMULATED : NULL);
}

json_t *listing_comparison(const struct front_line *line)
{
	const struct site_comparison *c = line->comparison;
	auto_free char *page = address_comparison(c->host, c->base_oid, c->fresh_oid, "html");
	auto_free char *data = address_comparison(c->host, c->base_oid, c->fresh_oid, "json");

	return json_pack(
		"{s:I, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}",
		"id", (json_int_t)c->id, "kind", json_text(c->kind), "branch",
		json_text(c->branch), "host", json_text(c->host), "emulated", c->emulated,
		"numbers", numbers(c->emulated), "base", json_text(c->base_oid), "new",
		json_text(c->fresh_oid), "subject", json_text(c->subject), "state",
		json_text(c->state), "headline",
		json_text(line->brief.judged ? verdict_name((enum verdict)line->brief.headline)
					     : NULL),
		"sentence", json_text(line->brief.sentence), "updated",
		json_time(c->updated_unix_ms), "page", page, "data", data);
}

/* Lines are newest first: how many have at least this number. */
static size_t lines_from(const struct front_page *front, int64_t id)
{
	size_t low = 0, high = front->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (front->lines[middle].comparison->id >= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t listing_chapters(const struct front_page *front)
{
	int64_t newest = front->line_count ? front->lines[0].comparison->id : 0;

	return newest < 2 * LISTING_CHAPTER ? 0 : (size_t)(newest / LISTING_CHAPTER) - 1;
}

/* The lines of a chapter; returns their number. */
static size_t lines_of(
	const struct front_page *front, size_t chapter, const struct front_line **ret)
{
	int64_t from = (int64_t)chapter * LISTING_CHAPTER;
	size_t first = lines_from(front, from + LISTING_CHAPTER);

	*ret = front->lines + first;
	return lines_from(front, from) - first;
}

bool listing_is_used(const struct front_page *front, size_t chapter)
{
	const struct front_line *lines;

	return lines_of(front, chapter, &lines) > 0;
}

fingerprint listing_print(const struct front_page *front, size_t chapter)
{
	const struct front_line *lines;
	size_t count = lines_of(front, chapter, &lines);
	fingerprint print = FINGERPRINT_INIT;

	for (size_t i = 0; i < count; i++) {
		print = fingerprint_int(print, (int64_t)lines[i].comparison->print);
		print = fingerprint_text(print, lines[i].brief.sentence);
	}
	return print;
}

static json_t *lines_json(const struct front_line *lines, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, listing_comparison(&lines[i]));
	return array;
}

json_t *listing_chapter(const struct front_page *front, size_t chapter)
{
	const struct front_line *lines;
	size_t count = lines_of(front, chapter, &lines);

	return json_pack("{s:s, s:i, s:o}", "format", "kvmperf.comparisons", "version", 1,
		"comparisons", lines_json(lines, count));
}

/* Where the older ones are, newest first. */
static json_t *older_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t chapter = listing_chapters(front); chapter-- > 0;) {
		auto_free char *address = address_listing(chapter);

		if (listing_is_used(front, chapter))
			json_array_append_new(array, json_string(address));
	}
	return array;
}

static json_t *events_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t i = 0; i < front->event_count; i++) {
		const struct event *e = &front->events[i];
		auto_free char *page = address_event(e->id, "html");
		auto_free char *data = address_event(e->id, "json");

		json_array_append_new(array,
			json_pack("{s:I, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "id",
				(json_int_t)e->id, "numbers", numbers(e->emulated), "state",
				event_state_name(e->state), "direction",
				e->improved ? "improved" : "regressed", "branch",
				json_text(e->branch), "sentence", json_text(e->sentence),
				"change", json_number(e->change), "opened",
				json_time(e->opened_unix_ms), "page", page, "data", data));
	}
	return array;
}

static json_t *drifts_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t i = 0; i < front->drift_count; i++) {
		const struct front_drift *d = &front->drifts[i];
		auto_free char *data = address_drift(d->branch, d->host, "json");
		struct drift_word word;

		if (!drift_word_read(d->word, &word))
			continue;
		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:b, s:s, s:I, s:o, s:o, s:s}", "branch",
				json_text(d->branch), "host", json_text(d->host), "numbers",
				numbers(d->emulated), "emulated", d->emulated, "anchor",
				word.anchor, "kernels", (json_int_t)word.kernels, "change",
				json_number(word.change.change), "interval",
				word.change.has_interval
					? json_pack("[o, o]", json_number(word.change.low),
						  json_number(word.change.high))
					: json_null(),
				"data", data));
	}
	return array;
}

static json_t *hosts_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t i = 0; i < front->host_count; i++) {
		const struct front_host *h = &front->hosts[i];

		json_array_append_new(
			array, json_pack("{s:o, s:b, s:o, s:o, s:o, s:I, s:I}", "host",
				       json_text(h->name), "emulated", h->emulated, "health",
				       json_text(h->health), "health_reason",
				       json_text(h->health_reason), "state",
				       json_text(h->state), "boots", (json_int_t)h->boots,
				       "boots_failed", (json_int_t)h->failed_boots));
	}
	return array;
}

/* What each watched branch waits for. */
static json_t *queues_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t i = 0; i < front->queue_count; i++) {
		const struct front_queue *q = &front->queues[i];

		json_array_append_new(array,
			json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:b, s:b, s:o}", "branch",
				json_text(q->branch), "running", (json_int_t)q->running,
				"building", (json_int_t)q->building, "waiting",
				(json_int_t)q->waiting, "place",
				q->place ? json_integer((json_int_t)q->place) : json_null(),
				"problem", json_text(q->problem), "gone", q->is_gone, "paused",
				q->is_paused, "looked_at", json_time(q->looked_unix_ms)));
	}
	return array;
}

static json_t *failures_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t i = 0; i < front->failure_count; i++) {
		const struct front_failure *f = &front->failures[i];
		auto_free char *page = address_kernel(f->oid, "html");

		json_array_append_new(
			array, json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "commit",
				       json_text(f->oid), "subject", json_text(f->subject),
				       "branch", json_text(f->branch), "failure",
				       json_failure(f->failure, f->symptom, f->reason), "built",
				       json_time(f->updated_unix_ms), "page", page));
	}
	return array;
}

json_t *listing_index(const struct front_page *front)
{
	const struct front_precision *told = &front->precision;
	size_t newest = lines_from(front, (int64_t)listing_chapters(front) * LISTING_CHAPTER);

	return json_pack(
		"{s:s, s:i, s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o}",
		"format", "kvmperf.index", "version", 1, "updated",
		json_time(front->updated_unix_ms), "trust", "aa_runs",
		(json_int_t)front->aa_runs, "aa_alerts", (json_int_t)front->aa_alerts, "boots",
		(json_int_t)front->boots, "boots_failed", (json_int_t)front->boots_failed,
		"events_told", (json_int_t)told->told, "events_agreed",
		(json_int_t)told->agreed, "events_invalid", (json_int_t)told->invalid, "drifts",
		drifts_json(front), "hosts", hosts_json(front), "queues", queues_json(front),
		"failed_builds", failures_json(front), "events", events_json(front),
		"comparisons", lines_json(front->lines, newest), "older", older_json(front));
}
