/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "store/comparisons.h"
#include "store/events.h"
#include "store/kernels.h"
#include "store/names.h"
#include "work/judge.h"
#include "work/trend.h"

#define WEEK_MS 604800000LL

enum { MOST_POINTS = 10 };

/* Events that opened since then and are told by digest. */
static int gather_events(
	struct db *db, int64_t since_unix_ms, struct digest *ret, struct err *err)
{
	struct event *events = NULL;
	size_t count = 0;
	int r = event_list(db, EVENTS_TOLD, NULL, &events, &count, err);

	for (size_t i = 0; i < count; i++) {
		const struct event *e = &events[i];

		if (strcmp(e->told, "digest") || e->opened_unix_ms < since_unix_ms)
			continue;
		ret->held_back += !e->improved;
		*digest_add(&ret->events) = (struct digest_line){
			.branch = mem_strdup(e->branch),
			.from_oid = mem_strdup(e->from.oid),
			.to_oid = mem_strdup(e->to.oid),
			.subject = mem_strdup(e->to.subject),
			.text = mem_printf("%s%s", e->sentence,
				e->emulated ? "\n(" DISPLAY_EMULATED ")" : ""),
		};
	}
	event_list_free(events, count);
	return r;
}

static int add_unsettled(struct db *db, int64_t id, struct digest *ret, struct err *err)
{
	struct comparison c = {0};
	int r = judge_comparison(db, id, &c, err);

	if (r == 0 && !c.same_image) {
		*digest_add(&ret->unsettled) = (struct digest_line){
			.branch = mem_strdup(c.branch ? c.branch : ""),
			.host = mem_strdup(c.host),
			.from_oid = mem_strdup(c.base.oid),
			.to_oid = mem_strdup(c.fresh.oid),
			.subject = mem_strdup(c.fresh.subject),
			.text = mem_strdup(c.sentence ? c.sentence : ""),
		};
	}
	comparison_clear(&c);
	return r;
}

static int gather_unsettled(struct db *db, int64_t since_unix_ms, int64_t now_unix_ms,
	struct digest *ret, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int64_t week_ago = now_unix_ms - WEEK_MS;
	int r = comparison_unsettled(
		db, since_unix_ms > week_ago ? since_unix_ms : week_ago, &ids, &count, err);

	for (size_t i = 0; i < count && r == 0; i++)
		r = add_unsettled(db, ids[i], ret, err);
	return r;
}

static int add_point(struct db *db, const struct comparison_track *track,
	const struct trend_wish *wish, struct digest *ret, struct err *err)
{
	struct commit base = {0}, fresh = {0};
	struct digest_line *line;
	int r = commit_load(db, wish->base_commit, &base, err);

	if (r > 0)
		r = commit_load(db, wish->new_commit, &fresh, err);
	if (r > 0) {
		line = digest_add(&ret->points);
		line->branch = mem_strdup(track->branch);
		name_of_host(db, track->host_id, &line->host, NULL);
		line->from_oid = mem_strdup(base.oid);
		line->to_oid = mem_strdup(fresh.oid);
		line->subject = mem_strdup(fresh.subject);
		line->text = mem_printf("%zu cell%s step%s between these two (p = %.1g).",
			wish->points, wish->points == 1 ? "" : "s",
			wish->points == 1 ? "s" : "", wish->p);
	}
	commit_clear(&base);
	commit_clear(&fresh);
	return r < 0 ? r : 0;
}

static int gather_points(struct db *db, struct digest *ret, struct err *err)
{
	struct comparison_track *tracks = NULL;
	size_t track_count = 0;
	int r = comparison_tracks(db, &tracks, &track_count, err);

	for (size_t i = 0; i < track_count && r == 0; i++) {
		auto_free struct trend_wish *wishes = NULL;
		size_t count = 0;

		r = trend_pending(
			db, tracks[i].branch, tracks[i].host_id, 0, &wishes, &count, err);
		for (size_t k = 0; k < count && r == 0 && ret->points.count < MOST_POINTS; k++)
			r = add_point(db, &tracks[i], &wishes[k], ret, err);
	}
	comparison_tracks_free(tracks, track_count);
	return r;
}

int digest_gather(struct db *db, int64_t since_unix_ms, int64_t now_unix_ms, struct digest *ret,
	struct err *err)
{
	struct digest digest = {0};
	int r = gather_events(db, since_unix_ms, &digest, err);

	if (r == 0)
		r = gather_unsettled(db, since_unix_ms, now_unix_ms, &digest, err);
	if (r == 0)
		r = gather_points(db, &digest, err);
	if (r < 0) {
		digest_clear(&digest);
		return r;
	}
	*ret = digest;
	return 0;
}
