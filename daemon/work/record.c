/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/record.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "config/plans.h"
#include "io/hash.h"
#include "model/trial.h"
#include "rules/machine.h"
#include "rules/measures.h"
#include "store/comparisons.h"
#include "store/series.h"

enum { MACHINE_DIGITS = 16 };

/* The one boot as a comparison without another side: its cells are wanted, no judgement. */
static int measure_boot(struct db *db, const struct boot_origin *origin, struct comparison *ret,
	struct err *err)
{
	struct raw_set raw = {0};
	struct plan plan = {0};
	int r = plan_parse(origin->plan, origin->plan_text, &plan, err);

	if (r < 0)
		return err_note(err, "stored plan of boot %lld", (long long)origin->boot_id);
	r = boot_raw_values(db, origin->boot_id, &raw, err);
	if (r == 0) {
		ret->emulated = origin->emulated;
		ret->boots = MEM_NEW(struct comparison_boot, 1);
		ret->boots[0] = (struct comparison_boot){.id = origin->boot_id, .side = 'A'};
		ret->boot_count = 1;
		measures_fill(ret, &plan, &raw);
	}
	raw_set_clear(&raw);
	plan_clear(&plan);
	return r;
}

static size_t collect_values(const struct comparison *c, struct boot_value *values)
{
	size_t count = 0;

	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];
		const struct comparison_metric *metric = &c->metrics[cell->metric];

		if (!cell->base.count || !isfinite(cell->base.values[0]) ||
			cell->base.values[0] <= 0)
			continue;
		values[count++] = (struct boot_value){
			.scenario = c->scenarios[cell->scenario].name,
			.mode = c->modes[cell->mode],
			.metric = metric->name,
			.unit = metric->unit,
			.judged = metric->judged,
			.log_value = log(cell->base.values[0]),
		};
	}
	if (isfinite(c->boots[0].control) && c->boots[0].control > 0)
		values[count++] = (struct boot_value){
			.scenario = CONTROL_SCENARIO,
			.mode = CONTROL_MODE,
			.metric = CONTROL_SCENARIO,
			.unit = c->emulated ? "instructions" : "s",
			.log_value = log(c->boots[0].control),
		};
	return count;
}

static int store_boot(struct db *db, const struct boot_origin *origin, struct err *err)
{
	auto_free char *identity = machine_identity(origin->facts, origin->kvm_mode);
	auto_free struct boot_value *values = NULL;
	char machine[HASH_HEX_BYTES];
	struct comparison c = {0};
	int r = measure_boot(db, origin, &c, err);

	hash_bytes(identity, strlen(identity), machine);
	machine[MACHINE_DIGITS] = '\0';
	values = MEM_NEW(struct boot_value, c.cell_count + 2);
	if (r == 0)
		r = boot_values_store(
			db, origin, machine, values, collect_values(&c, values), err);
	comparison_clear(&c);
	return r;
}

/* Within a transaction of the caller's. */
static int record(struct db *db, int64_t boot_id, struct err *err)
{
	struct boot_origin origin = {0};
	int r = boot_origin_load(db, boot_id, &origin, err);

	if (r == 0)
		r = store_boot(db, &origin, err);
	boot_origin_clear(&origin);
	return r < 0 ? err_note(err, "recording boot %lld", (long long)boot_id) : r;
}

static int end_transaction(struct db *db, int r, struct err *err)
{
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}

int record_boot(struct db *db, int64_t boot_id, struct err *err)
{
	int r = db_begin_lazy(db, err); /* it can be made again */

	return r < 0 ? r : end_transaction(db, record(db, boot_id, err), err);
}

static int record_rest(struct db *db, int *ret_count, struct err *err)
{
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r = boots_unrecorded(db, &ids, &count, err);

	for (size_t i = 0; i < count && r == 0; i++)
		r = record(db, ids[i], err);
	*ret_count = (int)count;
	return r;
}

int record_missing(struct db *db, struct err *err)
{
	int count = 0, r = db_begin_lazy(db, err);

	if (r < 0)
		return r;
	r = end_transaction(db, record_rest(db, &count, err), err);
	return r < 0 ? r : count;
}

int record_all(struct db *db, struct err *err)
{
	int count = 0, r = db_begin(db, err);

	if (r < 0)
		return r;
	r = boot_values_forget(db, err);
	if (r == 0)
		r = record_rest(db, &count, err);
	r = end_transaction(db, r, err);
	return r < 0 ? r : count;
}
