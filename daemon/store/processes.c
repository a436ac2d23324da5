/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/processes.h"

#include "base/mem.h"
#include "io/zip.h"

/* Binds text as a packed blob; NULL stays NULL. */
static void bind_packed(struct query *query, const char *name, const char *text, size_t bytes)
{
	auto_free void *packed = NULL;
	size_t packed_bytes = 0;

	if (text)
		zip_pack(text, bytes, &packed, &packed_bytes);
	query_bind_blob(query, name, packed, packed_bytes);
}

static const char process_insert_sql[] =
	"INSERT INTO processes (boot_id, scenario, mode, ordinal, command, exit_status, "
	"signal, "
	"chunk_bytes, calls_dropped, failure, symptom, reason, output_z, errors_z, "
	"started_unix_ms, duration_ms) VALUES (:boot, :scenario, :mode, :ordinal, :command, "
	":exit, :signal, :chunk, :dropped, :failure, :symptom, :reason, :output, :errors, "
	":started, :duration) RETURNING id";

static int insert_process(struct db *db, int64_t boot_id, const char *scenario,
	const char *mode, int ordinal, const struct process_report *report, int64_t *ret_id,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, process_insert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boot", boot_id);
	query_bind_text(query, ":scenario", scenario);
	query_bind_text(query, ":mode", mode);
	query_bind_int(query, ":ordinal", ordinal);
	query_bind_text(query, ":command", report->command ? report->command : "");
	query_bind_int(query, ":exit", report->exit_status);
	query_bind_int(query, ":signal", report->signal);
	query_bind_int(query, ":chunk", report->chunk_bytes);
	query_bind_int(query, ":dropped", (int64_t)report->calls_dropped);
	query_bind_text(query, ":failure", failure_name(report->failure));
	query_bind_text(query, ":symptom", symptom_name(report->symptom));
	query_bind_text(query, ":reason", report->reason);
	bind_packed(
		query, ":output", report->output ? report->output : "", report->output_bytes);
	bind_packed(
		query, ":errors", report->errors ? report->errors : "", report->errors_bytes);
	query_bind_int(query, ":started", report->started_unix_ms);
	query_bind_int(query, ":duration", report->duration_ms);
	return query_run_id(query, ret_id, err);
}

static const char quantity_sql[] =
	"INSERT INTO quantities (name, unit) VALUES (:name, :unit) "
	"ON CONFLICT (name) DO NOTHING";

static const char sample_sql[] =
	"INSERT INTO samples (process_id, quantity_id, iteration, value) "
	"SELECT :process, id, :iteration, :value FROM quantities WHERE name = :name";

static int insert_value(struct query *quantity, struct query *sample, int64_t process_id,
	const struct process_value *value, struct err *err)
{
	int r;

	query_bind_text(quantity, ":name", value->quantity);
	query_bind_text(quantity, ":unit", value->unit);
	r = query_run(quantity, err);
	if (r < 0)
		return r;
	query_bind_int(sample, ":process", process_id);
	query_bind_text(sample, ":name", value->quantity);
	query_bind_int(sample, ":iteration", value->iteration);
	query_bind_real(sample, ":value", value->value);
	return query_run(sample, err);
}

static int insert_values(struct db *db, int64_t process_id, const struct process_value *values,
	size_t count, struct err *err)
{
	auto_query struct query *quantity = NULL, *sample = NULL;
	int r = query_open(db, quantity_sql, &quantity, err);

	if (r == 0)
		r = query_open(db, sample_sql, &sample, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = insert_value(quantity, sample, process_id, &values[i], err);
	return r;
}

int process_store(struct db *db, int64_t boot_id, const struct scenario *scenario,
	const char *mode, int ordinal, const struct process_report *report,
	const struct process_value *values, size_t value_count, struct err *err)
{
	int64_t id;
	int r = db_begin_lazy(db, err); /* a boot that does not end well is measured again */

	if (r < 0)
		return r;
	r = insert_process(db, boot_id, scenario->name, mode, ordinal, report, &id, err);
	if (r == 0)
		r = insert_values(db, id, values, value_count, err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}
