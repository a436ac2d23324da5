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

json_t *listing_index(const struct front_page *front)
{
	struct front_precision told = display_precision(front);
	json_t *comparisons = json_array();

	for (size_t i = 0; i < front->line_count; i++)
		json_array_append_new(comparisons, listing_comparison(&front->lines[i]));
	return json_pack(
		"{s:s, s:i, s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o, s:o, "
		"s:o}",
		"format", "kvmperf.index", "version", 1, "updated",
		json_time(front->updated_unix_ms), "trust", "aa_runs",
		(json_int_t)front->aa_runs, "aa_alerts", (json_int_t)front->aa_alerts, "boots",
		(json_int_t)front->boots, "boots_failed", (json_int_t)front->boots_failed,
		"events_told", (json_int_t)told.told, "events_agreed", (json_int_t)told.agreed,
		"events_invalid", (json_int_t)told.invalid, "drifts", drifts_json(front),
		"hosts", hosts_json(front), "events", events_json(front), "comparisons",
		comparisons);
}
