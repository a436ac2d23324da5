/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/zip.h"

enum {
	FACTS_LIMIT_BYTES = 4 << 20,
	BOOTS_OF_KERNEL = 50, /* a kernel with more hides an older one from the newest */
};

void boot_origin_clear(struct boot_origin *origin)
{
	free(origin->recipe);
	free(origin->plan);
	free(origin->plan_text);
	free(origin->kvm_mode);
	free(origin->facts);
	*origin = (struct boot_origin){0};
}

static const char origin_sql[] =
	"SELECT b.session_id, c.host_id, c.plan_id, c.test_id, h.emulated, c.recipe, p.name, "
	"p.text, b.kvm_mode, b.facts_z FROM boots b JOIN comparisons c ON c.id = "
	"b.comparison_id JOIN hosts h ON h.id = c.host_id JOIN plans p ON p.id = c.plan_id "
	"WHERE b.id = :boot AND b.state = 'done'";

static int unpack_facts(struct query *query, char **ret, struct err *err)
{
	size_t packed_bytes, bytes;
	const void *packed = query_blob(query, 9, &packed_bytes);

	return packed ? zip_unpack(packed, packed_bytes, FACTS_LIMIT_BYTES, ret, &bytes, err)
		      : 0;
}

int boot_origin_load(struct db *db, int64_t boot_id, struct boot_origin *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	struct boot_origin origin = {.boot_id = boot_id};
	int r = query_open(db, origin_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boot", boot_id);
	r = query_step(query, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(
			err, -ENOENT, "there is no boot %lld that counts", (long long)boot_id);
	origin.session_id = query_int(query, 0);
	origin.host_id = query_int(query, 1);
	origin.plan_id = query_int(query, 2);
	origin.test_id = query_int(query, 3);
	origin.emulated = query_int(query, 4) != 0;
	origin.recipe = query_text_dup(query, 5);
	origin.plan = query_text_dup(query, 6);
	origin.plan_text = query_text_dup(query, 7);
	origin.kvm_mode = query_text_dup(query, 8);
	r = unpack_facts(query, &origin.facts, err);
	if (r < 0) {
		boot_origin_clear(&origin);
		return err_note(err, "facts of boot %lld", (long long)boot_id);
	}
	*ret = origin;
	return 0;
}

/* --- storing --- */

static const char epoch_sql[] =
	"INSERT INTO epochs (host_id, plan_id, recipe, test_id, machine) "
	"VALUES (:host, :plan, :recipe, :test, :machine) "
	"ON CONFLICT (host_id, plan_id, recipe, test_id, machine) "
	"DO UPDATE SET machine = excluded.machine RETURNING id";

static int store_epoch(struct db *db, const struct boot_origin *origin, const char *machine,
	int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, epoch_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":host", origin->host_id);
	query_bind_int(query, ":plan", origin->plan_id);
	query_bind_text(query, ":recipe", origin->recipe);
	query_bind_int(query, ":test", origin->test_id);
	query_bind_text(query, ":machine", machine);
	return query_run_id(query, ret_id, err);
}

static const char series_sql[] =
	"INSERT INTO series (epoch_id, scenario, mode, metric, unit, judged) "
	"VALUES (:epoch, :scenario, :mode, :metric, :unit, :judged) "
	"ON CONFLICT (epoch_id, scenario, mode, metric) "
	"DO UPDATE SET unit = excluded.unit, judged = excluded.judged RETURNING id";

static const char value_sql[] =
	"INSERT INTO boot_values (series_id, boot_id, log_value) "
	"VALUES (:series, :boot, :value)";

static int store_value(struct query *series, struct query *value, int64_t epoch, int64_t boot,
	const struct boot_value *v, struct err *err)
{
	int64_t id = 0;
	int r;

	query_bind_int(series, ":epoch", epoch);
	query_bind_text(series, ":scenario", v->scenario);
	query_bind_text(series, ":mode", v->mode);
	query_bind_text(series, ":metric", v->metric);
	query_bind_text(series, ":unit", v->unit);
	query_bind_int(series, ":judged", v->judged);
	r = query_run_id(series, &id, err);
	if (r < 0)
		return r;
	query_bind_int(value, ":series", id);
	query_bind_int(value, ":boot", boot);
	query_bind_real(value, ":value", v->log_value);
	return query_run(value, err);
}

static int run_for_boot(struct db *db, const char *sql, int64_t boot, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boot", boot);
	return query_run(query, err);
}

static int mark_boot(struct db *db, int64_t boot, int64_t epoch, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(
		db, "UPDATE boots SET epoch_id = :epoch WHERE id = :boot", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":epoch", epoch);
	query_bind_int(query, ":boot", boot);
	return query_run(query, err);
}

int boot_values_store(struct db *db, const struct boot_origin *origin, const char *machine,
	const struct boot_value *values, size_t count, struct err *err)
{
	auto_query struct query *series = NULL, *value = NULL;
	int64_t epoch = 0;
	int r = store_epoch(db, origin, machine, &epoch, err);

	if (r == 0)
		r = run_for_boot(db, "DELETE FROM boot_values WHERE boot_id = :boot",
			origin->boot_id, err);
	if (r == 0)
		r = query_open(db, series_sql, &series, err);
	if (r == 0)
		r = query_open(db, value_sql, &value, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = store_value(series, value, epoch, origin->boot_id, &values[i], err);
	return r < 0 ? r : mark_boot(db, origin->boot_id, epoch, err);
}

int boot_values_forget(struct db *db, struct err *err)
{
	return db_exec(db,
		"DELETE FROM boot_values; UPDATE boots SET epoch_id = NULL "
		"WHERE epoch_id IS NOT NULL",
		err);
}

int boots_unrecorded(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r = query_open(db,
		"SELECT b.id FROM boots b JOIN comparisons c ON c.id = b.comparison_id "
		"WHERE b.state = 'done' AND b.epoch_id IS NULL AND c.test_id IS NOT NULL "
		"ORDER BY b.id",
		&query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		ids = mem_grow(ids, count + 1, sizeof(*ids));
		ids[count++] = query_int(query, 0);
	}
	if (r < 0)
		return r;
	*ret_ids = take_ptr(ids);
	*ret_count = count;
	return 0;
}

/* --- reading --- */

int comparison_epochs(struct db *db, int64_t comparison_id, int64_t *ret_epoch, struct err *err)
{
	auto_query struct query *query = NULL;
	int count = 0, r;

	r = query_open(db,
		"SELECT epoch_id, max(sequence) FROM boots WHERE comparison_id = :id "
		"AND epoch_id IS NOT NULL GROUP BY epoch_id ORDER BY max(sequence)",
		&query, err);
	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	while ((r = query_step(query, err)) > 0) {
		*ret_epoch = query_int(query, 0);
		count++;
	}
	return r < 0 ? r : count;
}

/* Is a comparison, a row of that name, evidence of an event that decides about levels? */
#define TOLD(comparison)                                                                \
	"EXISTS (SELECT 1 FROM event_comparisons t WHERE t.comparison_id = " comparison \
	".id "                                                                          \
	"AND t.role NOT IN ('bisect', 'differs'))"

/*
 * A screen's boots of the new kernel join the level when the screen found nothing; and
 * those of somebody's own question, too, which no event will ever decide about.
 */
static const char boots_sql[] =
	"WITH wanted AS (SELECT b.*, c.kind, k.commit_id AS commit_id FROM boots b "
	" JOIN comparisons c ON c.id = b.comparison_id JOIN kernels k ON k.id = b.kernel_id "
	" WHERE b.epoch_id = :epoch AND b.started_unix_ms >= :from "
	" AND b.started_unix_ms < :before AND b.comparison_id <> :not "
	" AND NOT EXISTS (SELECT 1 FROM host_checks x WHERE x.comparison_id = c.id "
	" AND x.verdict <> 'steady') "
	" AND (:branch IS NULL OR c.branch = :branch OR k.commit_id = :commit) "
	" ORDER BY b.started_unix_ms DESC LIMIT :boots), "
	"newest AS (SELECT kernel_id FROM wanted GROUP BY kernel_id "
	" ORDER BY max(started_unix_ms) DESC LIMIT :kernels) "
	"SELECT w.id, w.comparison_id, w.session_id, w.kernel_id, w.commit_id, "
	"m.commit_time_s, w.started_unix_ms, w.ended_unix_ms, w.sequence, "
	"w.kind <> 'control' AND (w.kind <> 'screen' OR w.side = 'A' OR "
	" coalesce((SELECT s.answer FROM screens s WHERE s.comparison_id = w.comparison_id), "
	" 'confirm') <> 'confirm') "
	"AND (w.side = 'A' OR NOT EXISTS (SELECT 1 FROM moves v WHERE v.comparison_id = "
	" w.comparison_id AND v.state = 'open') OR " TOLD("c") ") "
	"FROM wanted w JOIN commits m ON m.id = w.commit_id "
	"JOIN comparisons c ON c.id = w.comparison_id "
	"WHERE w.kernel_id IN (SELECT kernel_id FROM newest) "
	"ORDER BY m.commit_time_s, w.commit_id, w.session_id, w.started_unix_ms, w.id";

static void *grow_by_doubling(void *items, size_t count, size_t size_bytes)
{
	if (count & (count - 1))
		return items;
	return mem_grow(items, count ? count * 2 : 1, size_bytes);
}

static int load_boots(
	struct db *db, const struct point_wish *wish, struct point_set *set, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, boots_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":epoch", wish->epoch_id);
	query_bind_int(query, ":from", wish->from_unix_ms);
	query_bind_int(query, ":before", wish->before_unix_ms);
	query_bind_int(query, ":not", wish->not_comparison);
	query_bind_text(query, ":branch", wish->branch);
	query_bind_int(query, ":commit", wish->commit_id);
	query_bind_int(query, ":kernels", wish->newest_kernels ? wish->newest_kernels : -1);
	query_bind_int(query, ":boots",
		wish->newest_kernels ? wish->newest_kernels * BOOTS_OF_KERNEL : -1);
	while ((r = query_step(query, err)) > 0) {
		set->boots = grow_by_doubling(set->boots, set->boot_count, sizeof(*set->boots));
		set->boots[set->boot_count++] = (struct point_boot){
			.id = query_int(query, 0),
			.comparison_id = query_int(query, 1),
			.session_id = query_int(query, 2),
			.kernel_id = query_int(query, 3),
			.commit_id = query_int(query, 4),
			.commit_time_s = query_int(query, 5),
			.started_unix_ms = query_int(query, 6),
			.ended_unix_ms = query_int(query, 7),
			.sequence = (int)query_int(query, 8),
			.joins = query_int(query, 9) != 0,
		};
	}
	return r;
}

static const char epoch_series_sql[] =
	"SELECT id, scenario, mode, metric, unit, judged FROM series WHERE epoch_id = :epoch "
	"ORDER BY id";

static int load_series(struct db *db, int64_t epoch, struct point_set *set, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, epoch_series_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":epoch", epoch);
	while ((r = query_step(query, err)) > 0) {
		set->series =
			grow_by_doubling(set->series, set->series_count, sizeof(*set->series));
		set->series[set->series_count++] = (struct point_series){
			.id = query_int(query, 0),
			.scenario = query_text_dup(query, 1),
			.mode = query_text_dup(query, 2),
			.metric = query_text_dup(query, 3),
			.unit = query_text_dup(query, 4),
			.judged = query_int(query, 5) != 0,
		};
	}
	return r;
}

static int by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key, of = ((const struct point_series *)item)->id;

	return (id > of) - (id < of);
}

/* Series are in order of their ids. */
static struct point_series *series_of(const struct point_set *set, int64_t id)
{
	return set->series_count ? bsearch(&id, set->series, set->series_count,
					   sizeof(*set->series), by_id)
				 : NULL;
}

static int load_values(struct db *db, struct point_set *set, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT series_id, log_value FROM boot_values WHERE boot_id = :boot", &query,
		err);

	for (size_t i = 0; i < set->boot_count && r == 0; i++) {
		query_bind_int(query, ":boot", set->boots[i].id);
		while ((r = query_step(query, err)) > 0) {
			struct point_series *s = series_of(set, query_int(query, 0));

			if (!s)
				continue;
			s->points = grow_by_doubling(s->points, s->count, sizeof(*s->points));
			s->points[s->count++] = (struct point){i, query_real(query, 1)};
		}
		query_rewind(query);
	}
	return r;
}

static const char moves_sql[] =
	"SELECT v.series_id, m.commit_time_s, v.state = 'accepted' FROM moves v "
	"JOIN series s ON s.id = v.series_id JOIN comparisons c ON c.id = v.comparison_id "
	"JOIN commits m ON m.id = c.new_commit WHERE s.epoch_id = :epoch "
	"AND c.branch = :branch AND v.state <> 'void' AND c.id <> :not AND " TOLD("c") " "
	"ORDER BY m.commit_time_s";

static int load_moves(
	struct db *db, const struct point_wish *wish, struct point_set *set, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, moves_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":epoch", wish->epoch_id);
	query_bind_text(query, ":branch", wish->branch);
	query_bind_int(query, ":not", wish->not_comparison);
	while ((r = query_step(query, err)) > 0) {
		struct point_series *s = series_of(set, query_int(query, 0));

		if (!s)
			continue;
		s->moves = mem_grow(s->moves, s->move_count + 1, sizeof(*s->moves));
		s->moves[s->move_count++] =
			(struct point_move){query_int(query, 1), query_int(query, 2) != 0};
	}
	return r;
}

int points_frame(
	struct db *db, const struct point_wish *wish, struct point_set *ret, struct err *err)
{
	struct point_set set = {0};
	int r = load_boots(db, wish, &set, err);

	if (r == 0)
		r = load_series(db, wish->epoch_id, &set, err);
	if (r == 0 && wish->branch)
		r = load_moves(db, wish, &set, err);
	if (r < 0) {
		point_set_clear(&set);
		return r;
	}
	*ret = set;
	return 0;
}

int points_load(
	struct db *db, const struct point_wish *wish, struct point_set *ret, struct err *err)
{
	struct point_set set;
	int r = points_frame(db, wish, &set, err);

	if (r < 0)
		return r;
	r = load_values(db, &set, err);
	if (r < 0) {
		point_set_clear(&set);
		return r;
	}
	*ret = set;
	return 0;
}

int points_of(struct db *db, const struct point_set *set, struct point_series *series,
	const size_t *boots, size_t count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT log_value FROM boot_values WHERE series_id = :series AND boot_id = "
		":boot",
		&query, err);

	series->points = mem_grow(series->points, count + 1, sizeof(*series->points));
	series->count = 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		query_bind_int(query, ":series", series->id);
		query_bind_int(query, ":boot", set->boots[boots[i]].id);
		r = query_step(query, err);
		if (r > 0)
			series->points[series->count++] =
				(struct point){boots[i], query_real(query, 0)};
		r = r < 0 ? r : 0;
		query_rewind(query);
	}
	return r;
}
