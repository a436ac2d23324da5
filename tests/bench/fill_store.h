/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_FILL_STORE_H
#define TESTS_BENCH_FILL_STORE_H

/* What a made-up store is made of, see fill_store.c. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "io/db.h"

#define ATTACK                                                                 \
	"\"><script>alert('x')</script>&amp; javascript:alert(1) \xE2\x80\xAE" \
	"evil\xE2\x80\xAC \xFF\xC0\xAF\x1B[31m `$(id)` ../../etc"
#define RELEASE "Linux 6.19-rc1"

enum {
	BOOTS = 3,
	CONFIRM_BOOTS = 4,
	LONG_SUBJECT = 10000,
	PLAN_BYTES = 8192,
	HOUR_MS = 3600 * 1000,
	COLLECTING = 5, /* screens of a new branch */
	RAW_EVERY = 50,
	SLOWER = 22, /* the first kernel whose first pass takes longer, for good */
	PLACES = 8,  /* where levels change, in a thousandth of 10,000 kernels */
};

static const int64_t begun_ms = 1741046400000; /* 2025-03-04 */
static const char *const modes[] = {"PA-bits:40, VA-bits:48, 4K pages",
	"PA-bits:40, VA-bits:48, 64K pages", "PA-bits:36, VA-bits:48, 4K pages",
	"PA-bits:36, VA-bits:48, 64K pages"};
static const struct {
	const char *name, *args;
	int manual;
} scenarios[] = {
	{"g-4k", "-g -b 16G", 0},
	{"g-thp", "-g -b 16G -s anonymous_thp", 0},
	{"g-hugetlb", "-g -b 16G -s shared_hugetlb", 0},
	{"4k", "-b 16G", 1},
	{"thp", "-b 16G -s anonymous_thp", 1},
	{"hugetlb", "-b 16G -s shared_hugetlb", 1},
};
/* A metric, and the raw values it is made of. */
static const struct {
	const char *name, *quantity;
	int manual, judged, from, to;
	double seconds;
} metrics[] = {
	{"populate", "populate", 0, 1, 0, 0, 2.4},
	{"enable", "enable", 0, 1, 0, 0, 0.0412},
	{"dirty", "dirty", 0, 1, 1, 2, 0.31},
	{"get", "get", 0, 1, 1, 2, 0.0031},
	{"clear-first", "clear", 1, 1, 1, 1, 0.188},
	{"clear-later", "clear", 1, 1, 2, 2, 0.061},
	{"disable", "disable", 0, 1, 0, 0, 0.0009},
};
enum { SERIES = 144, EPOCHS = 3 };

/* What is true of kernel number i. */
struct fate {
	const char *branch;
	int hostile, unbuilt, unbooted, confirmed, aa, emulated, epoch;
};

static inline struct fate fate_of(int every, int64_t i)
{
	struct fate fate = {.branch = "kvmarm/next"};

	fate.hostile = i % 50 == 13;
	fate.emulated = i % 50 == 21 || fate.hostile;
	fate.branch = fate.hostile    ? ATTACK
		      : i % 10 == 9   ? "kvmarm/fixes"
		      : i % 100 == 50 ? "mainline"
				      : "kvmarm/next";
	fate.unbuilt = i % 50 == 17;
	fate.unbooted = i % 50 == 23;
	fate.confirmed = i > 0 && i % every == every - 2;
	fate.aa = fate.confirmed && i / every % 3 == 1;
	fate.epoch = fate.emulated ? 2 : i % 10000 < 6000 ? 0 : 1;
	return fate;
}

/* The level of a cell at a kernel, as a natural logarithm: some change at some places. */
static inline double level_of(int64_t kernel, int cell)
{
	double level = log(0.001 * (10 + 7 * cell));

	if (kernel >= SLOWER && cell >= 60 && (cell - 60) % 28 / 4 == 4)
		level += 0.1 - 0.001 * (cell % 16);
	for (int place = 1; place < PLACES; place++)
		if (kernel > place * 131 && (cell * 7 + place) % 11 == 0)
			level += place % 3 ? 0.05 : -0.04;
	return level;
}

static inline double noise(int64_t boot, int cell)
{
	struct prng prng;

	prng_init(&prng, (uint64_t)(boot * 1000 + cell));
	return 0.006 * prng_normal(&prng);
}

static inline void hex_of(int64_t i, char ret[41])
{
	struct prng prng;

	prng_init(&prng, (uint64_t)i + 77);
	for (int digit = 0; digit < 40; digit++)
		ret[digit] = "0123456789abcdef"[prng_below(&prng, 16)];
	ret[40] = '\0';
}

static inline char *subject_of(int64_t i, const struct fate *fate)
{
	char *subject;

	if (i == 0)
		return mem_strdup(RELEASE);
	if (!fate->hostile)
		return mem_printf("KVM: arm64: change number %lld", (long long)i);
	if (i % 100 != 13)
		return mem_strdup(ATTACK);
	subject = mem_new(LONG_SUBJECT + 1, 1);
	memset(subject, 'W', LONG_SUBJECT);
	return subject;
}

/* The statements that run often. */
struct fill {
	struct db *db;
	int every;
	struct query *commit, *kernel, *comparison, *session, *boot, *screen, *value, *process,
		*sample;
	int64_t series[EPOCHS][SERIES];
	int64_t hosts[2], plans[2], test, quantities[7];
};

static inline void stop(const struct err *err)
{
	fprintf(stderr, "fill_store: %s\n", err->text);
	exit(1);
}

static inline struct query *prepare(struct db *db, const char *sql)
{
	struct query *query;
	struct err err = ERR_INIT;

	if (query_open(db, sql, &query, &err) < 0)
		stop(&err);
	return query;
}

static inline int64_t run_id(struct query *query)
{
	struct err err = ERR_INIT;
	int64_t id;

	if (query_run_id(query, &id, &err) < 0)
		stop(&err);
	return id;
}

static inline void run(struct query *query)
{
	struct err err = ERR_INIT;

	if (query_run(query, &err) < 0)
		stop(&err);
}

static inline void exec(struct db *db, const char *sql)
{
	struct err err = ERR_INIT;

	if (db_exec(db, sql, &err) < 0)
		stop(&err);
}

static inline int64_t ask(struct db *db, const char *sql)
{
	struct query *query = prepare(db, sql);
	int64_t id = query_step(query, NULL) > 0 ? query_int(query, 0) : 0;

	query_close(query);
	return id;
}

static inline void prepare_all(struct fill *f)
{
	f->commit = prepare(f->db,
		"INSERT INTO commits (oid, tree, parent, subject, author, commit_time_s) "
		"VALUES "
		"(:oid, :oid, :parent, :subject, :author, :time) RETURNING id");
	f->kernel = prepare(f->db,
		"INSERT INTO kernels (commit_id, recipe, toolchain, failure, symptom, reason, "
		"config_hash, release, build_id, image_hash, built_unix_ms) VALUES (:commit, "
		":recipe, 'aarch64-linux-gnu-gcc 12.2.0', :failure, :symptom, :reason, "
		"'1f2e3d4c5b6a', :release, :image, :image, :now) RETURNING id");
	f->comparison = prepare(f->db,
		"INSERT INTO comparisons (host_id, plan_id, base_commit, new_commit, recipe, "
		"branch, test_id, boots_wanted, confirm, state, failure, symptom, reason, "
		"created_unix_ms, updated_unix_ms, kind) VALUES (:host, :plan, :base, :new, "
		":recipe, :branch, 1, 4, :confirm, :state, :failure, :symptom, :reason, :now, "
		":now, :kind) RETURNING id");
	f->session = prepare(f->db,
		"INSERT INTO sessions (comparison_id, started_unix_ms, ended_unix_ms) VALUES "
		"(:comparison, :now, :now) RETURNING id");
	f->boot = prepare(f->db,
		"INSERT INTO boots (comparison_id, session_id, sequence, side, kernel_id, "
		"state, "
		"failure, symptom, reason, release, kvm_mode, started_unix_ms, ended_unix_ms) "
		"VALUES (:comparison, :session, :sequence, :side, :kernel, :state, :failure, "
		":symptom, :reason, '6.19.0', 'vhe', :now, :now + 120000) RETURNING id");
	f->value = prepare(f->db,
		"INSERT INTO boot_values (series_id, boot_id, log_value) VALUES (:s, :b, :v)");
	f->screen = prepare(f->db,
		"INSERT INTO screens (comparison_id, answer, triggers, judged_unix_ms) VALUES "
		"(:comparison, :answer, 0, :now)");
	f->process = prepare(f->db,
		"INSERT INTO processes (boot_id, scenario, mode, ordinal, command, "
		"exit_status, "
		"signal, chunk_bytes, calls_dropped, failure, symptom, output_z, errors_z, "
		"started_unix_ms, duration_ms) VALUES (:boot, :scenario, :mode, 1, :command, "
		"0, 0, "
		"2097152, 0, 'none', 'none', :output, :none, :now, 4000) RETURNING id");
	f->sample = prepare(f->db,
		"INSERT INTO samples (process_id, quantity_id, iteration, value) VALUES "
		"(:process, :quantity, :iteration, :value)");
}

static inline void close_all(struct fill *f)
{
	query_close(f->commit);
	query_close(f->kernel);
	query_close(f->comparison);
	query_close(f->session);
	query_close(f->boot);
	query_close(f->value);
	query_close(f->screen);
	query_close(f->process);
	query_close(f->sample);
}

#endif
