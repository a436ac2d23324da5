/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/listing.h"

#include "base/mem.h"
#include "model/comparison.h"
#include "model/event.h"
#include "model/site_map.h"
#include "text/address.h"
#include "text/json.h"

json_t *listing_comparison(const struct front_line *line)
{
	const struct site_comparison *c = line->comparison;
	auto_free char *page = address_comparison(c->host, c->base_oid, c->fresh_oid, "html");
	auto_free char *data = address_comparison(c->host, c->base_oid, c->fresh_oid, "json");

	return json_pack(
		"{s:I, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "id",
		(json_int_t)c->id, "kind", json_text(c->kind), "branch", json_text(c->branch),
		"host", json_text(c->host), "emulated", c->emulated, "base",
		json_text(c->base_oid), "new", json_text(c->fresh_oid), "subject",
		json_text(c->subject), "state", json_text(c->state), "headline",
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
			json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s}", "id",
				(json_int_t)e->id, "state", event_state_name(e->state),
				"direction", e->improved ? "improved" : "regressed", "branch",
				json_text(e->branch), "sentence", json_text(e->sentence),
				"change", json_number(e->change), "opened",
				json_time(e->opened_unix_ms), "page", page, "data", data));
	}
	return array;
}

json_t *listing_index(const struct front_page *front)
{
	json_t *comparisons = json_array();

	for (size_t i = 0; i < front->line_count; i++)
		json_array_append_new(comparisons, listing_comparison(&front->lines[i]));
	return json_pack("{s:s, s:i, s:o, s:{s:I, s:I, s:I, s:I}, s:o, s:o}", "format",
		"kvmperf.index", "version", 1, "updated", json_time(front->updated_unix_ms),
		"trust", "aa_runs", (json_int_t)front->aa_runs, "aa_alerts",
		(json_int_t)front->aa_alerts, "boots", (json_int_t)front->boots, "boots_failed",
		(json_int_t)front->boots_failed, "events", events_json(front), "comparisons",
		comparisons);
}
