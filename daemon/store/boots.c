/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/boots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/zip.h"

static int mark_lost(struct db *db, int64_t run_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE boots SET state = 'lost', reason = 'kvmperf was stopped during this "
		"boot' "
		"WHERE comparison_id = :run AND state = 'running'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":run", run_id);
	return query_run(query, err);
}

int boots_load(struct db *db, int64_t run_id, struct run_boot **ret, size_t *ret_count,
	struct err *err)
{
	static const char *const states[] = {"running", "done", "failed", "lost"};
	auto_query struct query *query = NULL;
	auto_free struct run_boot *boots = NULL;
	size_t count = 0;
	int r = mark_lost(db, run_id, err);

	if (r < 0)
		return r;
	r = query_open(db,
		"SELECT id, sequence, side, state FROM boots WHERE comparison_id = :run "
		"ORDER BY sequence",
		&query, err);
	if (r < 0)
		return r;
	query_bind_int(query, ":run", run_id);
	while ((r = query_step(query, err)) > 0) {
		struct run_boot *boot;

		boots = mem_grow(boots, count + 1, sizeof(*boots));
		boot = &boots[count++];
		boot->id = query_int(query, 0);
		boot->sequence = (int)query_int(query, 1);
		boot->side = query_text(query, 2)[0];
		for (int i = 0; i < (int)ARRAY_SIZE(states); i++)
			if (strcmp(query_text(query, 3), states[i]) == 0)
				boot->state = (enum run_boot_state)i;
	}
	if (r < 0)
		return r;
	*ret = take_ptr(boots);
	*ret_count = count;
	return 0;
}

static const char last_sql[] =
	"SELECT state, side, failure, symptom, reason FROM boots WHERE comparison_id = :run "
	"AND state IN ('done', 'failed') ORDER BY sequence DESC LIMIT 1";

int boots_last_failure(struct db *db, int64_t run_id, char *ret_side, enum failure *ret_failure,
	enum symptom *ret_symptom, char **ret_reason, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, last_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":run", run_id);
	r = query_step(query, err);
	if (r <= 0 || strcmp(query_text(query, 0), "failed") != 0)
		return r < 0 ? r : 0;
	*ret_side = query_text(query, 1)[0];
	*ret_failure = failure_from_name(query_text(query, 2));
	*ret_symptom = symptom_from_name(query_text(query, 3));
	*ret_reason = query_text_dup(query, 4);
	return 1;
}

static const char boot_insert_sql[] =
	"INSERT INTO boots (comparison_id, session_id, sequence, side, kernel_id, state, "
	"started_unix_ms) SELECT :run, :session, "
	"(SELECT coalesce(max(sequence), 0) + 1 FROM boots WHERE comparison_id = :run), "
	":side, :kernel, 'running', :now RETURNING id";

int boot_start(struct db *db, int64_t run_id, int64_t session_id, int64_t kernel_id, char side,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, boot_insert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":run", run_id);
	query_bind_int(query, ":session", session_id);
	query_bind_text(query, ":side", (const char[]){side, '\0'});
	query_bind_int(query, ":kernel", kernel_id);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run_id(query, ret_id, err);
}

/* Binds text as a packed blob; NULL stays NULL. */
static void bind_packed(struct query *query, const char *name, const char *text)
{
	auto_free void *packed = NULL;
	size_t packed_bytes = 0;

	if (text)
		zip_pack(text, strlen(text), &packed, &packed_bytes);
	query_bind_blob(query, name, packed, packed_bytes);
}

/* coalesce: what was learned earlier is not lost when a later report lacks it. */
static const char boot_update_sql[] =
	"UPDATE boots SET state = :state, failure = :failure, symptom = :symptom, "
	"reason = :reason, boot_id = coalesce(:boot_id, boot_id), "
	"release = coalesce(:release, release), build_id = coalesce(:build_id, build_id), "
	"cmdline = coalesce(:cmdline, cmdline), kvm_mode = coalesce(:kvm_mode, kvm_mode), "
	"taint = :taint, kexec_ms = :kexec_ms, facts_z = coalesce(:facts, facts_z), "
	"dmesg_z = coalesce(:dmesg, dmesg_z), console_z = coalesce(:console, console_z), "
	"ended_unix_ms = :ended WHERE id = :id AND state = 'running'";

static int boot_update(struct db *db, int64_t boot_id, const struct boot_report *report,
	const char *state, int64_t ended_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, boot_update_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":state", state);
	query_bind_text(query, ":failure", failure_name(report->failure));
	query_bind_text(query, ":symptom", symptom_name(report->symptom));
	query_bind_text(query, ":reason", report->reason);
	query_bind_text(query, ":boot_id", report->boot_id);
	query_bind_text(query, ":release", report->release);
	query_bind_text(query, ":build_id", report->build_id);
	query_bind_text(query, ":cmdline", report->cmdline);
	query_bind_text(query, ":kvm_mode", report->kvm_mode);
	query_bind_int(query, ":taint", (int64_t)report->taint);
	query_bind_int(query, ":kexec_ms", report->kexec_ms);
	bind_packed(query, ":facts", report->facts);
	bind_packed(query, ":dmesg", report->dmesg);
	bind_packed(query, ":console", report->console);
	if (ended_unix_ms)
		query_bind_int(query, ":ended", ended_unix_ms);
	query_bind_int(query, ":id", boot_id);
	r = query_run(query, err);
	if (r == 0 && db_changes(db) != 1)
		return err_set(
			err, -ESTALE, "boot %lld is not running any more", (long long)boot_id);
	return r;
}

int boot_record(
	struct db *db, int64_t boot_id, const struct boot_report *report, struct err *err)
{
	return boot_update(db, boot_id, report, "running", 0, err);
}

int boot_end(struct db *db, int64_t boot_id, const struct boot_report *report,
	int64_t now_unix_ms, struct err *err)
{
	return boot_update(db, boot_id, report,
		report->failure == FAILURE_NONE ? "done" : "failed", now_unix_ms, err);
}
