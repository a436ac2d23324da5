/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/comparisons.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/zip.h"
#include "model/trial.h"

enum { FACTS_LIMIT_BYTES = 4 << 20 };

static const char comparison_sql[] =
	"SELECT c.branch, h.name, h.emulated, p.name, p.hash, p.text, c.state, "
	"c.updated_unix_ms, c.base_commit, c.new_commit, c.recipe, c.reason, c.confirm, "
	"c.kind, c.screen_id, c.host_id, t.sha256 "
	"FROM comparisons c JOIN hosts h ON h.id = c.host_id JOIN plans p ON p.id = c.plan_id "
	"LEFT JOIN tests t ON t.id = c.test_id "
	"WHERE c.id = :id";

static const char side_sql[] =
	"SELECT m.oid, m.subject, m.author, k.release, k.build_id, k.image_hash, "
	"k.config_hash, k.toolchain, k.failure, k.symptom, k.reason, k.log_path, "
	"m.commit_time_s "
	"FROM commits m LEFT JOIN kernels k ON k.commit_id = m.id AND k.recipe = :recipe "
	"WHERE m.id = :commit";

static int load_side(struct db *db, int64_t commit, const char *recipe,
	struct comparison_side *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, side_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":commit", commit);
	query_bind_text(query, ":recipe", recipe);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	ret->commit_id = commit;
	ret->commit_time_s = query_int(query, 12);
	ret->oid = query_text_dup(query, 0);
	ret->subject = query_text_dup(query, 1);
	ret->author = query_text_dup(query, 2);
	ret->release = query_text_dup(query, 3);
	ret->build_id = query_text_dup(query, 4);
	ret->image_hash = query_text_dup(query, 5);
	ret->config_hash = query_text_dup(query, 6);
	ret->toolchain = query_text_dup(query, 7);
	ret->failure = failure_from_name(query_text(query, 8));
	ret->symptom = symptom_from_name(query_text(query, 9));
	ret->reason = query_text_dup(query, 10);
	ret->log_path = query_text_dup(query, 11);
	return 0;
}

static const char boots_sql[] =
	"SELECT b.id, b.sequence, b.side, b.started_unix_ms, b.ended_unix_ms, b.state, "
	"b.failure, b.symptom, b.reason, b.session_id, "
	"(SELECT count(*) FROM processes p WHERE p.boot_id = b.id AND p.failure = 'none' "
	" AND p.ordinal > 0 AND p.scenario <> '" CONTROL_SCENARIO
	"'), "
	"(SELECT count(*) FROM processes p WHERE p.boot_id = b.id AND p.failure <> 'none' "
	" AND p.scenario <> '" CONTROL_SCENARIO
	"') "
	"FROM boots b WHERE b.comparison_id = :id AND b.state <> 'running' ORDER BY b.sequence";

static void read_boot(struct query *query, void *to)
{
	struct comparison *comparison = to;
	struct comparison_boot *boot;

	comparison->boots = mem_grow(
		comparison->boots, comparison->boot_count + 1, sizeof(*comparison->boots));
	boot = &comparison->boots[comparison->boot_count++];
	memset(boot, 0, sizeof(*boot));
	boot->id = query_int(query, 0);
	boot->sequence = (int)query_int(query, 1);
	boot->side = query_text(query, 2)[0];
	boot->started_unix_ms = query_int(query, 3);
	boot->ended_unix_ms = query_int(query, 4);
	boot->failure = failure_from_name(query_text(query, 6));
	boot->symptom = symptom_from_name(query_text(query, 7));
	if (strcmp(query_text(query, 5), "lost") == 0) {
		boot->failure = FAILURE_LINK;
		boot->symptom = SYMPTOM_LOST;
	}
	boot->reason = query_text_dup(query, 8);
	boot->session = (int)query_int(query, 9);
	boot->processes = (size_t)query_int(query, 10);
	boot->rejected = (size_t)query_int(query, 11);
}

/* Facts and command line of the newest good boot. */
static int load_facts(struct db *db, struct comparison *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	const void *packed;
	size_t packed_bytes, bytes;
	int r = query_open(db,
		"SELECT cmdline, facts_z, kvm_mode, (SELECT command FROM processes p "
		"WHERE p.boot_id = boots.id ORDER BY p.id DESC LIMIT 1) FROM boots WHERE "
		"comparison_id = :id AND state = "
		"'done' "
		"ORDER BY sequence DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", ret->id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	ret->cmdline = query_text_dup(query, 0);
	ret->kvm_mode = query_text_dup(query, 2);
	ret->command = query_text_dup(query, 3);
	packed = query_blob(query, 1, &packed_bytes);
	if (!packed)
		return 0;
	return zip_unpack(
		packed, packed_bytes, FACTS_LIMIT_BYTES, &ret->host_facts, &bytes, err);
}

static int load_head(struct db *db, struct comparison *ret, char **ret_plan, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, comparison_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", ret->id);
	r = query_step(query, err);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, -ENOENT, "there is no comparison %lld", (long long)ret->id);
	ret->branch = query_text_dup(query, 0);
	ret->host = query_text_dup(query, 1);
	ret->emulated = query_int(query, 2) != 0;
	ret->plan = query_text_dup(query, 3);
	ret->plan_hash = query_text_dup(query, 4);
	*ret_plan = query_text_dup(query, 5);
	ret->state = query_text_dup(query, 6);
	ret->updated_unix_ms = query_int(query, 7);
	r = load_side(db, query_int(query, 8), query_text(query, 10), &ret->base, err);
	if (r == 0)
		r = load_side(db, query_int(query, 9), query_text(query, 10), &ret->fresh, err);
	ret->reason = query_text_dup(query, 11);
	ret->confirm = query_int(query, 12) != 0;
	ret->kind = comparison_kind_from_name(query_text(query, 13));
	ret->screen_id = query_int(query, 14);
	ret->host_id = query_int(query, 15);
	ret->test_sha256 = query_text_dup(query, 16);
	return r;
}

int comparison_load(
	struct db *db, int64_t id, struct comparison *ret, char **ret_plan, struct err *err)
{
	struct comparison c = {.id = id};
	auto_free char *plan = NULL;
	int r = load_head(db, &c, &plan, err);

	if (r == 0)
		r = query_each(db, boots_sql, c.id, read_boot, &c, err);
	if (r == 0)
		r = load_facts(db, &c, err);
	if (r < 0) {
		comparison_clear(&c);
		return r;
	}
	*ret = c;
	*ret_plan = take_ptr(plan);
	return 0;
}

static size_t index_of(const char *name, char *const *names, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static void read_command(struct query *query, struct comparison *c)
{
	size_t scenario = 0, mode = index_of(query_text(query, 1), c->modes, c->mode_count);

	while (scenario < c->scenario_count &&
		strcmp(c->scenarios[scenario].name, query_text(query, 0)) != 0)
		scenario++;
	if (scenario < c->scenario_count && mode < c->mode_count) {
		char **command = &c->commands[scenario * c->mode_count + mode];

		free(*command);
		*command = query_text_dup(query, 2);
	}
}

int comparison_commands(struct db *db, struct comparison *c, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT scenario, mode, command FROM processes WHERE ordinal > 0 AND "
		"boot_id = (SELECT id FROM boots WHERE comparison_id = :id AND state = 'done' "
		" ORDER BY sequence DESC LIMIT 1)",
		&query, err);

	if (r < 0 || c->commands)
		return r;
	c->commands = MEM_NEW(char *, c->scenario_count * c->mode_count + 1);
	query_bind_int(query, ":id", c->id);
	while ((r = query_step(query, err)) > 0)
		read_command(query, c);
	return r;
}

static const char values_sql[] =
	"SELECT b.id, p.scenario, p.mode, p.ordinal, q.name, q.unit, s.iteration, s.value "
	"FROM boots b JOIN processes p ON p.boot_id = b.id "
	"JOIN samples s ON s.process_id = p.id JOIN quantities q ON q.id = s.quantity_id "
	"WHERE (b.comparison_id = :comparison OR b.id = :boot) AND b.state = 'done' "
	"AND p.failure = 'none' AND p.ordinal > 0 "
	"ORDER BY b.sequence, p.scenario, p.mode, p.ordinal, q.name, s.iteration";

static void read_value(struct query *query, struct raw_set *set)
{
	size_t quantities = set->quantity_count;
	struct raw_value value = {
		.boot = query_int(query, 0),
		.scenario =
			raw_name(&set->scenarios, &set->scenario_count, query_text(query, 1)),
		.mode = raw_name(&set->modes, &set->mode_count, query_text(query, 2)),
		.process = (int)query_int(query, 3),
		.quantity =
			raw_name(&set->quantities, &set->quantity_count, query_text(query, 4)),
		.iteration = (int)query_int(query, 6),
		.value = query_real(query, 7),
	};

	if (set->quantity_count > quantities) {
		set->units = mem_grow(set->units, set->quantity_count, sizeof(char *));
		set->units[quantities] = query_text_dup(query, 5);
	}
	if ((set->count & (set->count - 1)) == 0)
		set->values =
			mem_grow(set->values, set->count ? set->count * 2 : 1, sizeof(value));
	set->values[set->count++] = value;
}

static int load_values(
	struct db *db, int64_t comparison, int64_t boot, struct raw_set *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	struct raw_set set = {0};
	int r = query_open(db, values_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":comparison", comparison);
	query_bind_int(query, ":boot", boot);
	while ((r = query_step(query, err)) > 0)
		read_value(query, &set);
	if (r < 0) {
		raw_set_clear(&set);
		return r;
	}
	*ret = set;
	return 0;
}

int comparison_values(struct db *db, int64_t id, struct raw_set *ret, struct err *err)
{
	return load_values(db, id, 0, ret, err);
}

int boot_raw_values(struct db *db, int64_t boot_id, struct raw_set *ret, struct err *err)
{
	return load_values(db, 0, boot_id, ret, err);
}

/* Takes the first column of all rows. */
static int read_ids(struct query *query, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r;

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

int comparison_list(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT id FROM comparisons ORDER BY id DESC", &query, err);

	return r < 0 ? r : read_ids(query, ret_ids, ret_count, err);
}

int comparison_find(struct db *db, const char *base_oid, const char *new_oid, int64_t *ret_id,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT c.id FROM comparisons c JOIN commits a ON a.id = c.base_commit "
		"JOIN commits b ON b.id = c.new_commit WHERE a.oid = :base AND b.oid = :new "
		"ORDER BY c.id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":base", base_oid);
	query_bind_text(query, ":new", new_oid);
	r = query_step(query, err);
	if (r > 0)
		*ret_id = query_int(query, 0);
	return r;
}

int comparison_find_aa(struct db *db, const char *host, const char *oid, const char *plan_hash,
	int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT c.id FROM comparisons c JOIN commits m ON m.id = c.base_commit "
		"JOIN hosts h ON h.id = c.host_id JOIN plans p ON p.id = c.plan_id "
		"WHERE m.oid = :oid AND c.new_commit = c.base_commit AND h.name = :host "
		"AND p.hash = :plan AND c.state = 'done' ORDER BY c.id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":oid", oid);
	query_bind_text(query, ":host", host);
	query_bind_text(query, ":plan", plan_hash);
	r = query_step(query, err);
	if (r > 0)
		*ret_id = query_int(query, 0);
	return r;
}

static const char lookup_sql[] =
	"SELECT oid FROM commits WHERE length(:name) >= 4 AND "
	"substr(oid, 1, length(:name)) = lower(:name) "
	"UNION SELECT m.oid FROM kernels k JOIN commits m ON m.id = k.commit_id "
	"WHERE 'kernel:' || k.id = :name LIMIT :limit";

int commit_lookup(struct db *db, const char *name, char **ret_oids, int limit, struct err *err)
{
	auto_query struct query *query = NULL;
	int count = 0, r = query_open(db, lookup_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", name);
	query_bind_int(query, ":limit", limit);
	while ((r = query_step(query, err)) > 0 && count < limit)
		ret_oids[count++] = query_text_dup(query, 0);
	while (r < 0 && count > 0)
		mem_free_ptr(&ret_oids[--count]);
	return r < 0 ? r : count;
}

int comparison_command(struct db *db, int64_t id, const char *scenario, const char *mode,
	char **ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT p.command FROM processes p JOIN boots b ON b.id = p.boot_id "
		"WHERE b.comparison_id = :id AND b.state = 'done' AND p.failure = 'none' "
		"AND p.scenario = :scenario AND p.mode = :mode ORDER BY p.id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":scenario", scenario);
	query_bind_text(query, ":mode", mode);
	r = query_step(query, err);
	if (r > 0)
		*ret = query_text_dup(query, 0);
	return r < 0 ? r : 0;
}

/* The newest one of each other host: max() takes its row along. */
static const char peers_sql[] =
	"SELECT o.id, max(o.updated_unix_ms) FROM comparisons c JOIN comparisons o "
	"ON o.base_commit = c.base_commit AND o.new_commit = c.new_commit "
	"AND o.host_id <> c.host_id AND o.kind = 'confirm' AND o.state = 'done' "
	"WHERE c.id = :id GROUP BY o.host_id ORDER BY o.host_id";

int comparison_peers(
	struct db *db, int64_t id, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, peers_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	return read_ids(query, ret_ids, ret_count, err);
}

static const char unsettled_sql[] =
	"SELECT c.id FROM comparisons c WHERE c.kind = 'confirm' AND c.state = 'done' "
	"AND c.updated_unix_ms >= :since AND NOT EXISTS "
	"(SELECT 1 FROM event_comparisons e WHERE e.comparison_id = c.id) "
	"AND (c.screen_id IS NOT NULL OR EXISTS (SELECT 1 FROM jobs j "
	"     WHERE j.comparison_id = c.id AND j.origin = 'history')) ORDER BY c.id";

int comparison_unsettled(struct db *db, int64_t since_unix_ms, int64_t **ret_ids,
	size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, unsettled_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":since", since_unix_ms);
	return read_ids(query, ret_ids, ret_count, err);
}

void comparison_tracks_free(struct comparison_track *tracks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(tracks[i].branch);
	free(tracks);
}

int comparison_tracks(
	struct db *db, struct comparison_track **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	struct comparison_track *tracks = NULL;
	size_t count = 0;
	int r = query_open(db,
		"SELECT DISTINCT branch, host_id FROM comparisons WHERE branch <> '' "
		"ORDER BY branch, host_id",
		&query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		tracks = mem_grow(tracks, count + 1, sizeof(*tracks));
		tracks[count++] = (struct comparison_track){
			query_text_dup(query, 0), query_int(query, 1)};
	}
	if (r < 0) {
		comparison_tracks_free(tracks, count);
		return r;
	}
	*ret = tracks;
	*ret_count = count;
	return 0;
}
