/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills a store with a made-up history: fill_store DB FROM TO [CONFIRM_EVERY]
 * adds the kernels FROM..TO-1 (a new store begins at 0). The same numbers give
 * the same store, so that a store of 10,000 and one of 9,999 with one added
 * differ in nothing. What is in it: kernels of three branches and one with a
 * hostile name, each screened by three boots; every CONFIRM_EVERYth (50)
 * confirmed by 4+4 boots with their raw values (where that is less than 50,
 * screens of altra-03 have theirs, too); builds and boots that fail, changes of level, two
 * epochs, a second, emulated host, A/A runs, jobs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "config/plans.h"
#include "io/db.h"
#include "io/zip.h"
#include "store/schema.h"

#include "fill_store.h"

/* A plan with one process a boot, scenario and mode: more would add nothing but rows. */
static const char *one_process(const char *plan, char ret[PLAN_BYTES])
{
	char *number;

	snprintf(ret, PLAN_BYTES, "%s", plan);
	number = strstr(ret, "processes = 3");
	if (number)
		number[strlen("processes = ")] = '1';
	return ret;
}

/* Hosts, plans, epochs and series of a new store. */
static void add_frame(struct fill *f)
{
	static const char *const names[] = {"dirty-log", "dirty-log-emulated"};
	struct query *query = prepare(f->db,
		"INSERT INTO plans (hash, name, text) VALUES (:name, :name, :text) RETURNING "
		"id");

	for (int i = 0; i < 2; i++) {
		char text[PLAN_BYTES];

		query_bind_text(query, ":name", names[i]);
		query_bind_text(query, ":text", one_process(plan_shipped(names[i]), text));
		run_id(query);
	}
	query_close(query);
	query = prepare(f->db,
		"INSERT INTO hosts (name, driver, emulated, health, health_reason) VALUES "
		"('altra-03', 'ssh', 0, 'ok', NULL), (:hostile, 'emulated', 1, 'quarantined', "
		":hostile)");
	query_bind_text(query, ":hostile", "emu-01 " ATTACK);
	run(query);
	query_close(query);
	exec(f->db,
		"INSERT INTO tests (sha256, path, source_oid, built_unix_ms) VALUES ('a1', "
		"'dirty_log_perf_test', 'b2', 1741046400000);"
		"INSERT INTO epochs (host_id, plan_id, recipe, test_id, machine) VALUES "
		"(1, 1, 'recipe-gcc12', 1, 'm1'), (1, 1, 'recipe-gcc13', 1, 'm1'), "
		"(2, 2, 'recipe-gcc12', 1, 'm2');"
		"INSERT INTO quantities (name, unit) VALUES ('populate', 's'), ('enable', "
		"'s'), "
		"('dirty', 's'), ('get', 's'), ('clear', 's'), ('disable', 's');"
		"INSERT INTO branches (name, repository, ref, tip, updated_unix_ms) VALUES "
		"('kvmarm/next', 'https://example.org/kvmarm.git', 'refs/heads/next', '', "
		"1741046400000), ('kvmarm/fixes', 'https://example.org/kvmarm.git', "
		"'refs/heads/fixes', '', 1741046400000);"
		"INSERT INTO repositories (url, polled_unix_ms, problem) VALUES "
		"('https://example.org/kvmarm.git', 1741046400000, NULL);");
	query = prepare(f->db,
		"INSERT INTO series (epoch_id, scenario, mode, metric, unit, judged) VALUES "
		"(:epoch, :scenario, :mode, :metric, :unit, 1)");
	for (int epoch = 0; epoch < EPOCHS; epoch++)
		for (size_t s = 0; s < ARRAY_SIZE(scenarios); s++)
			for (size_t m = 0; m < ARRAY_SIZE(metrics); m++)
				for (size_t g = 0; g < ARRAY_SIZE(modes); g++) {
					if (metrics[m].manual && !scenarios[s].manual)
						continue;
					query_bind_int(query, ":epoch", epoch + 1);
					query_bind_text(query, ":scenario", scenarios[s].name);
					query_bind_text(query, ":mode", modes[g]);
					query_bind_text(query, ":metric", metrics[m].name);
					query_bind_text(query, ":unit",
						epoch == 2 ? "instructions" : "s");
					run(query);
				}
	query_close(query);
}

static int64_t add_commit(struct fill *f, int64_t i, const struct fate *fate)
{
	auto_free char *subject = subject_of(i, fate);
	char oid[41], parent[41] = "";

	hex_of(i, oid);
	if (i)
		hex_of(i - 1, parent);
	query_bind_text(f->commit, ":oid", oid);
	query_bind_text(f->commit, ":parent", parent);
	query_bind_text(f->commit, ":subject", subject);
	query_bind_text(f->commit, ":author", fate->hostile ? ATTACK : "A <a@example.org>");
	query_bind_int(f->commit, ":time", begun_ms / 1000 + i * (HOUR_MS / 1000));
	return run_id(f->commit);
}

static const char *recipe_of(const struct fate *fate)
{
	return fate->epoch == 1 ? "recipe-gcc13" : "recipe-gcc12";
}

static int64_t add_kernel(struct fill *f, int64_t i, int64_t commit, const struct fate *fate)
{
	char oid[41];

	hex_of(i, oid);
	query_bind_int(f->kernel, ":commit", commit);
	query_bind_text(f->kernel, ":recipe", recipe_of(fate));
	query_bind_text(f->kernel, ":failure", fate->unbuilt ? "build" : "none");
	query_bind_text(f->kernel, ":symptom", fate->unbuilt ? "compile" : "none");
	query_bind_text(f->kernel, ":reason",
		fate->unbuilt ? "arch/arm64/kvm/mmu.c:77:2: error: expected '<'" ATTACK : NULL);
	query_bind_text(f->kernel, ":release", fate->unbuilt ? NULL : "6.19.0-rc1-kp");
	query_bind_text(f->kernel, ":image", fate->unbuilt ? NULL : oid);
	query_bind_int(f->kernel, ":now", begun_ms + i * HOUR_MS);
	return run_id(f->kernel);
}

static int64_t add_comparison(struct fill *f, int64_t i, int64_t base, int64_t fresh,
	const struct fate *fate, const char *kind)
{
	int failed = fate->unbuilt || fate->unbooted;

	query_bind_int(f->comparison, ":host", fate->emulated + 1);
	query_bind_int(f->comparison, ":plan", fate->emulated + 1);
	query_bind_int(f->comparison, ":base", base);
	query_bind_int(f->comparison, ":new", fresh);
	query_bind_text(f->comparison, ":recipe", recipe_of(fate));
	query_bind_text(f->comparison, ":branch", fate->branch);
	query_bind_int(f->comparison, ":confirm", strcmp(kind, "screen") != 0);
	query_bind_text(f->comparison, ":state", failed ? "failed" : "done");
	query_bind_text(f->comparison, ":failure",
		fate->unbuilt	 ? "build"
		: fate->unbooted ? "kernel"
				 : "none");
	query_bind_text(f->comparison, ":symptom",
		fate->unbuilt	 ? "compile"
		: fate->unbooted ? "panic"
				 : "none");
	query_bind_text(
		f->comparison, ":reason", failed ? "the new kernel fails: " ATTACK : NULL);
	query_bind_int(f->comparison, ":now", begun_ms + i * HOUR_MS + HOUR_MS / 2);
	query_bind_text(f->comparison, ":kind", kind);
	return run_id(f->comparison);
}

static int64_t add_session(struct fill *f, int64_t i, int64_t comparison)
{
	query_bind_int(f->session, ":comparison", comparison);
	query_bind_int(f->session, ":now", begun_ms + i * HOUR_MS);
	return run_id(f->session);
}

static int64_t add_boot(struct fill *f, int64_t i, int64_t comparison, int64_t session,
	int sequence, char side, int64_t kernel, const struct fate *fate)
{
	query_bind_int(f->boot, ":comparison", comparison);
	query_bind_int(f->boot, ":session", session);
	query_bind_int(f->boot, ":sequence", sequence);
	query_bind_text(f->boot, ":side", (const char[]){side, '\0'});
	query_bind_int(f->boot, ":kernel", kernel);
	query_bind_text(f->boot, ":state", fate->unbooted ? "failed" : "done");
	query_bind_text(f->boot, ":failure", fate->unbooted ? "kernel" : "none");
	query_bind_text(f->boot, ":symptom", fate->unbooted ? "panic" : "none");
	query_bind_text(f->boot, ":reason", fate->unbooted ? "console: " ATTACK : NULL);
	query_bind_int(f->boot, ":now", begun_ms + i * HOUR_MS + sequence * 150000);
	return run_id(f->boot);
}

static void add_sample(
	struct fill *f, int64_t process, int quantity, int iteration, double value)
{
	query_bind_int(f->sample, ":process", process);
	query_bind_int(f->sample, ":quantity", quantity);
	query_bind_int(f->sample, ":iteration", iteration);
	query_bind_real(f->sample, ":value", value);
	run(f->sample);
}

/* The raw values that give the boot values of one scenario in one mode. */
static void add_process(
	struct fill *f, int64_t now, int64_t boot, int64_t level, size_t s, size_t g, int cell)
{
	static const char output[] = "Test iterations: 2\nguest physical test memory: ...\n";
	static const char *const names[] = {
		"populate", "enable", "dirty", "get", "clear", "disable"};
	auto_free void *packed = NULL;
	size_t packed_bytes;
	int64_t process;

	zip_pack(output, sizeof(output) - 1, &packed, &packed_bytes);
	query_bind_int(f->process, ":boot", boot);
	query_bind_text(f->process, ":scenario", scenarios[s].name);
	query_bind_text(f->process, ":mode", modes[g]);
	query_bind_text(f->process, ":command", scenarios[s].args);
	query_bind_blob(f->process, ":output", packed, packed_bytes);
	query_bind_blob(f->process, ":none", packed, packed_bytes);
	query_bind_int(f->process, ":now", now);
	process = run_id(f->process);
	for (size_t m = 0; m < ARRAY_SIZE(metrics); m++) {
		int quantity = 0;

		if (metrics[m].manual && !scenarios[s].manual)
			continue;
		while (strcmp(names[quantity], metrics[m].quantity))
			quantity++;
		for (int it = metrics[m].from; it <= metrics[m].to; it++)
			add_sample(f, process, quantity + 1, it,
				exp(level_of(level, cell) + noise(boot, cell)));
		cell += (int)ARRAY_SIZE(modes);
	}
}

static int cells_before(size_t scenario)
{
	int cells = 0;

	for (size_t s = 0; s < scenario; s++)
		cells += (scenarios[s].manual ? 7 : 5) * 4;
	return cells;
}

static void add_raw(struct fill *f, int64_t now, int64_t boot, int64_t level)
{
	for (size_t s = 0; s < ARRAY_SIZE(scenarios); s++)
		for (size_t g = 0; g < ARRAY_SIZE(modes); g++)
			add_process(f, now, boot, level, s, g, cells_before(s) + (int)g);
}

/* A confirm of a kernel against the one before it: A B B A ... */
static void add_confirm(
	struct fill *f, int64_t i, int64_t commit, const struct fate *fate, const char *kind)
{
	int64_t comparison =
		add_comparison(f, i, fate->aa ? commit : commit - 1, commit, fate, kind);
	int64_t session = add_session(f, i, comparison);
	auto_free char *sql = NULL;

	sql = mem_printf(
		"INSERT INTO host_checks (comparison_id, verdict, aa, flagged, control, "
		"baseline, drift, drift_moved, checked_unix_ms) VALUES (%lld, 'steady', "
		"%d, 0, 0.001, -0.002, 0.003, 0, %lld)",
		(long long)comparison, fate->aa, (long long)(begun_ms + i * HOUR_MS));
	exec(f->db, sql);
	for (int b = 0; b < 2 * CONFIRM_BOOTS; b++) {
		char side = "ABBA"[b % 4];
		int64_t kernel = side == 'A' && !fate->aa ? i : i + 1;
		int64_t boot = add_boot(f, i, comparison, session, b + 1, side, kernel, fate);

		add_raw(f, begun_ms + i * HOUR_MS, boot, side == 'A' || fate->aa ? i - 1 : i);
	}
}

static const char improved_sql[] =
	"UPDATE events SET change = -0.092, low = -0.1, high = -0.084, sentence = 'Improved: "
	"clear dirty log, first pass, -9.2 % [-10.0, -8.4] in 11 of 12 configurations' "
	"WHERE id = (SELECT max(id) FROM events); "
	"UPDATE event_cells SET change = -0.09, low = -0.11, high = -0.07, new_value = 0.164 "
	"WHERE event_id = (SELECT max(id) FROM events)";

/* An event that a confirm opened; some of them are over. */
static void add_event(struct fill *f, int64_t i, int64_t commit, const struct fate *fate)
{
	static const char *const states[] = {
		"confirmed", "acknowledged", "fixed-seen", "invalid"};
	struct query *query = prepare(f->db,
		"INSERT INTO events (branch, repository, from_commit, to_commit, direction, "
		"state, "
		"emulated, metric, title, unit, change, low, high, cells_flagged, "
		"cells_judged, "
		"sentence, message_id, opened_unix_ms, updated_unix_ms) VALUES (:branch, "
		":attack, "
		":from, :to, :direction, :state, 0, 'clear-first', 'clear dirty log, first "
		"pass', "
		"'s', 0.101, 0.092, 0.11, 11, 12, 'Regressed: clear dirty log, first pass, "
		"+10.1 % "
		"[+9.2, +11.0] in 11 of 12 configurations', 'event-' || :to || '@example.org', "
		":now, :now) RETURNING id");
	const char *state = states[commit / f->every % 4];
	int64_t comparison = ask(f->db, "SELECT max(id) FROM comparisons"), id;
	auto_free char *sql = NULL;

	query_bind_text(query, ":branch", fate->branch);
	query_bind_text(query, ":attack", ATTACK);
	query_bind_int(query, ":from", commit - 1);
	query_bind_int(query, ":to", commit);
	query_bind_text(query, ":direction", i % 3 ? "regressed" : "improved");
	query_bind_text(query, ":state", state);
	query_bind_int(query, ":now", begun_ms + i * HOUR_MS);
	id = run_id(query);
	query_close(query);
	query = prepare(f->db,
		"INSERT INTO event_steps (event_id, unix_ms, who, why, state_from, state_to) "
		"VALUES (:id, :now, 'kvmperf', 'seen', '', 'new'), (:id, :now, :attack, "
		":attack, "
		"'new', 'confirmed'), (:id, :now, 'ann', 'looked at', 'confirmed', :state)");
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":state", state);
	query_bind_int(query, ":now", begun_ms + i * HOUR_MS);
	query_bind_text(query, ":attack", ATTACK);
	run(query);
	query_close(query);
	sql = mem_printf(
		"INSERT INTO event_cells SELECT %lld, 1, scenario, mode, metric, unit, "
		"0.1, 0.08, 0.12, 0.02, 0.18, 0.2 FROM series WHERE epoch_id = 1 AND "
		"metric = 'clear-first'; INSERT INTO event_comparisons VALUES (%lld, %lld, "
		"'opened', %lld)",
		(long long)id, (long long)id, (long long)comparison,
		(long long)(begun_ms + i * HOUR_MS));
	exec(f->db, sql);
	if (i % 3 == 0)
		exec(f->db, improved_sql);
}

/* What the screen said; the first of a branch only collect. */
static void add_answer(struct fill *f, int64_t i, int64_t comparison, const struct fate *fate)
{
	query_bind_int(f->screen, ":comparison", comparison);
	query_bind_text(f->screen, ":answer",
		i < COLLECTING	  ? "collect"
		: fate->confirmed ? "confirm"
				  : "quiet");
	query_bind_int(f->screen, ":now", begun_ms + i * HOUR_MS);
	run(f->screen);
}

/* Row numbers follow the kernels': commit and kernel i + 1. */
static void add_one(struct fill *f, int64_t i)
{
	struct fate fate = fate_of(f->every, i);
	int64_t commit = add_commit(f, i, &fate), comparison, session;
	int64_t kernel = add_kernel(f, i, commit, &fate);

	comparison = add_comparison(f, i, 1, commit, &fate, "screen");
	if (fate.unbuilt)
		return;
	session = add_session(f, i, comparison);
	for (int b = 0; b < BOOTS; b++) {
		int64_t boot = add_boot(f, i, comparison, session, b + 1, 'B', kernel, &fate);

		if (f->every < RAW_EVERY && !fate.unbooted && !fate.emulated)
			add_raw(f, begun_ms + i * HOUR_MS, boot, i);
	}
	if (!fate.unbooted)
		add_answer(f, i, comparison, &fate);
	if (fate.confirmed && !fate.unbooted && !fate.emulated)
		add_confirm(f, i, commit, &fate, fate.aa ? "aa" : "confirm");
	if (fate.confirmed && !fate.unbooted && !fate.emulated && !fate.aa)
		add_event(f, i, commit, &fate);
}

/* Boot values, a series after the other: in the order in which they are stored. */
static void add_values(struct fill *f, int64_t after_boot)
{
	struct query *boots = prepare(f->db,
		"SELECT b.id, m.id - 1, c.host_id, c.recipe FROM boots b JOIN kernels k ON "
		"k.id = b.kernel_id JOIN commits m ON m.id = k.commit_id JOIN comparisons c ON "
		"c.id = b.comparison_id WHERE b.id > :after AND b.state = 'done' ORDER BY "
		"b.id");
	struct {
		int64_t boot, kernel;
		int epoch;
	} *all = NULL;
	size_t count = 0;

	query_bind_int(boots, ":after", after_boot);
	while (query_step(boots, NULL) > 0) {
		if ((count & (count - 1)) == 0)
			all = mem_grow(all, count ? 2 * count : 1, sizeof(*all));
		all[count].boot = query_int(boots, 0);
		all[count].kernel = query_int(boots, 1);
		all[count++].epoch = query_int(boots, 2) == 2				 ? 2
				     : strcmp(query_text(boots, 3), "recipe-gcc13") == 0 ? 1
											 : 0;
	}
	query_close(boots);
	for (int epoch = 0; epoch < EPOCHS; epoch++)
		for (int cell = 0; cell < SERIES; cell++)
			for (size_t i = 0; i < count; i++) {
				if (all[i].epoch != epoch)
					continue;
				query_bind_int(f->value, ":s", epoch * SERIES + cell + 1);
				query_bind_int(f->value, ":b", all[i].boot);
				query_bind_real(f->value, ":v",
					level_of(all[i].kernel, cell) + 0.04 * (epoch == 1) +
						(epoch == 2 ? log(1e8) : 0) +
						noise(all[i].boot, cell));
				run(f->value);
			}
	free(all);
}

int main(int argc, char **argv)
{
	struct fill f = {.every = argc > 4 ? atoi(argv[4]) : 50};
	struct err err = ERR_INIT;
	int64_t from, to, boot;

	if (argc < 4 || f.every < 3) {
		fprintf(stderr, "usage: fill_store DB FROM TO [CONFIRM_EVERY]\n");
		return 2;
	}
	from = atoll(argv[2]);
	to = atoll(argv[3]);
	if (db_open(argv[1], true, &f.db, &err) < 0 || schema_apply(f.db, argv[1], &err) < 0 ||
		db_begin_lazy(f.db, &err) < 0)
		stop(&err);
	prepare_all(&f);
	if (from == 0) {
		add_frame(&f);
		/* much cheaper to make at the end */
		exec(f.db, "DROP INDEX boot_values_by_boot");
	}
	boot = ask(f.db, "SELECT coalesce(max(id), 0) FROM boots");
	for (int64_t i = from; i < to; i++)
		add_one(&f, i);
	add_values(&f, boot);
	if (from == 0)
		exec(f.db, "CREATE INDEX boot_values_by_boot ON boot_values (boot_id)");
	exec(f.db,
		"UPDATE boots SET epoch_id = (SELECT s.epoch_id FROM boot_values v JOIN series "
		"s "
		"ON s.id = v.series_id WHERE v.boot_id = boots.id LIMIT 1) WHERE epoch_id IS "
		"NULL "
		"AND state = 'done'");
	close_all(&f);
	if (db_commit(f.db, &err) < 0)
		stop(&err);
	db_close(f.db);
	return 0;
}
