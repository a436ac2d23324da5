/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

/*
 * A seeded comparison with the shape of the reference experiment: six
 * scenarios in four guest modes, effects of -44, -25 and -25 percent, three
 * boots a side and one that failed. For tests of pages.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "model/boot_page.h"
#include "model/comparison.h"
#include "sys/fs.h"

enum sample_kind {
	SAMPLE_JUDGED,	 /* verdicts and intervals */
	SAMPLE_UNJUDGED, /* means only */
	SAMPLE_SLOWER,	 /* one metric regressed, noise elsewhere */
	SAMPLE_HOSTILE,	 /* judged, and every name is an attack */
};

#define SAMPLE_ATTACK                                                          \
	"\"><script>alert('x')</script>&amp; javascript:alert(1) \xE2\x80\xAE" \
	"evil\xE2\x80\xAC \xFF\xC0\xAF\x1B[31m `$(id)` ../../etc"

static const char *const sample_modes[] = {"PA-bits:40, VA-bits:48, 4K pages",
	"PA-bits:40, VA-bits:48, 64K pages", "PA-bits:36, VA-bits:48, 4K pages",
	"PA-bits:36, VA-bits:48, 64K pages"};

static const struct {
	const char *name, *memory, *command;
	bool manual;
} sample_scenarios[] = {
	{"g-4k", "4K pages", "-g -b 16M", false},
	{"g-thp", "THP", "-g -b 16M -s anonymous_thp", false},
	{"g-hugetlb", "hugetlb", "-g -b 16M -s shared_hugetlb", false},
	{"def-4k", "4K pages", "-b 16M", true},
	{"def-thp", "THP", "-b 16M -s anonymous_thp", true},
	{"def-hugetlb", "hugetlb", "-b 16M -s shared_hugetlb", true},
};

static const struct {
	const char *name, *unit, *title;
	bool judged, with_g, with_default;
	double base;
} sample_metrics[] = {
	{"enable", "instructions", "enable dirty log", true, true, true, 12.9e6},
	{"get", "instructions", "get dirty log", true, true, true, 412e3},
	{"clear-first", "instructions", "clear dirty log, first pass", true, false, true,
		21.3e6},
	{"clear-later", "instructions", "clear dirty log, later passes", true, false, true,
		9.4e6},
	{"disable", "instructions", "disable dirty log", true, true, true, 18.2e3},
	{"enable-time", "s", "enable dirty log, wall time", false, true, true, 0.0412},
};

static inline void sample_side(
	struct comparison_side *side, const char *oid, bool hostile, const char *subject)
{
	*side = (struct comparison_side){
		.oid = mem_strdup(oid),
		.subject = mem_strdup(hostile ? SAMPLE_ATTACK : subject),
		.author = mem_strdup(
			hostile ? SAMPLE_ATTACK : "A Contributor <contributor@example.org>"),
		.release = mem_printf("6.12.94-kp-%.12s-1f2e3d4c", oid),
		.build_id = mem_printf("%.20s77", oid),
		.image_hash = mem_printf("%.40s", oid),
		.config_hash = mem_strdup("1f2e3d4c5b6a"),
		.toolchain = mem_strdup("aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0"),
	};
}

static inline void sample_boots(struct comparison *c)
{
	static const char sides[] = "ABBABAB";

	c->boot_count = strlen(sides);
	c->boots = MEM_NEW(struct comparison_boot, c->boot_count);
	for (size_t i = 0; i < c->boot_count; i++) {
		struct comparison_boot *boot = &c->boots[i];

		boot->id = 101 + (int64_t)i;
		boot->sequence = (int)i + 1;
		boot->side = sides[i];
		boot->started_unix_ms = 1772604000000 + (int64_t)i * 151000;
		boot->ended_unix_ms = boot->started_unix_ms + 148700;
		boot->processes = 24;
	}
	c->boots[4].failure = FAILURE_KERNEL;
	c->boots[4].symptom = SYMPTOM_PANIC;
	c->boots[4].processes = 0;
	c->boots[4].reason = mem_strdup(
		"console shows \"Kernel panic - not syncing: "
		"VFS: Unable to mount root fs\" after 1.8 s");
	c->boots[5].rejected = 1;
}

static inline double sample_effect(const struct comparison *c, const struct cell *cell,
	enum sample_kind kind, struct prng *prng)
{
	const char *metric = c->metrics[cell->metric].name;
	bool manual = c->scenarios[cell->scenario].manual_protect;
	bool split = strcmp(c->scenarios[cell->scenario].memory, "4K pages") == 0;
	bool relevant =
		manual ? strncmp(metric, "clear", 5) == 0 : strncmp(metric, "enable", 6) == 0;

	if (kind == SAMPLE_SLOWER)
		return strcmp(metric, "clear-first") == 0 ? 0.10 + 0.015 * prng_normal(prng)
							  : 0.002 * prng_normal(prng);
	if (!relevant)
		return 0.002 * prng_normal(prng);
	return split ? (manual ? -0.39 : -0.44) + 0.02 * prng_normal(prng)
		     : -0.25 + 0.008 * prng_normal(prng);
}

static inline void sample_cell_side(const struct comparison *c, struct cell_side *side,
	char letter, double mean, double sd, struct prng *prng)
{
	double sum = 0, square = 0;

	side->values = MEM_NEW(double, c->boot_count);
	side->boots = MEM_NEW(size_t, c->boot_count);
	side->sessions = MEM_NEW(int, c->boot_count);
	for (size_t i = 0; i < c->boot_count; i++) {
		if (c->boots[i].side != letter || c->boots[i].failure != FAILURE_NONE)
			continue;
		side->values[side->count] = mean * exp(sd * prng_normal(prng));
		sum += log(side->values[side->count]);
		square += log(side->values[side->count]) * log(side->values[side->count]);
		side->boots[side->count++] = i;
	}
	side->mean = exp(sum / (double)side->count);
	square -= sum * sum / (double)side->count;
	side->half_width = side->mean * 4.3 * sqrt(fmax(0, square) / 2 / (double)side->count);
}

static inline void sample_judge(struct cell *cell, double sd)
{
	double d = log(cell->fresh.mean / cell->base.mean), half = 2.6 * sd * sqrt(2.0 / 3);

	cell->in_family = true;
	cell->noisy_today = sd > 0.03 && cell->mode == 1;
	cell->low = exp(d - half) - 1;
	cell->high = exp(d + half) - 1;
	cell->minimum = 0.02;
	cell->mde = exp(0.02 + 1.6 * half) - 1;
	cell->p = cell->p_adjusted = fabs(d) > 0.02 + half ? 1e-6 : 0.8;
	if (cell->low > 0.02)
		cell->verdict = VERDICT_REGRESSED;
	else if (cell->high < -0.02)
		cell->verdict = VERDICT_IMPROVED;
	else
		cell->verdict = cell->low > -0.02 && cell->high < 0.02 ? VERDICT_UNCHANGED
								       : VERDICT_INCONCLUSIVE;
}

static inline void sample_cell(struct comparison *c, size_t scenario, size_t mode,
	size_t metric, enum sample_kind kind, struct prng *prng)
{
	struct cell *cell = &c->cells[c->cell_count++];
	double noise = strcmp(c->metrics[metric].name, "disable") == 0 ? 0.04 : 0.004;
	double base = sample_metrics[metric].base * (1 + 0.4 * (double)(scenario % 3));

	*cell = (struct cell){.scenario = scenario, .mode = mode, .metric = metric};
	sample_cell_side(c, &cell->base, 'A', base, noise, prng);
	if (scenario == 5 && mode == 3 && strcmp(c->metrics[metric].name, "get") == 0) {
		cell->verdict = VERDICT_FAILED;
		cell->in_family = kind != SAMPLE_UNJUDGED;
		c->verdicts[VERDICT_FAILED] += cell->in_family;
		return;
	}
	sample_cell_side(c, &cell->fresh, 'B', base * (1 + sample_effect(c, cell, kind, prng)),
		noise, prng);
	cell->change = cell->fresh.mean / cell->base.mean - 1;
	if (kind == SAMPLE_UNJUDGED || !c->metrics[metric].judged)
		return;
	sample_judge(cell, noise);
	c->verdicts[cell->verdict]++;
}

static inline void sample_table(struct comparison *c)
{
	static const char *const labels[] = {"enable", "clear, first", "clear, later"};
	static const size_t metrics[] = {0, 2, 3};

	c->table = MEM_NEW(struct reference_entry, 9);
	for (size_t row = 0; row < 3; row++)
		for (size_t memory = 0; memory < 3; memory++) {
			struct reference_entry *e = &c->table[c->table_count++];
			double sum = 0, square = 0;

			for (size_t i = 0; i < c->cell_count; i++) {
				const struct cell *cell = &c->cells[i];

				if (cell->metric != metrics[row] ||
					cell->scenario != memory + (row ? 3 : 0))
					continue;
				sum += 100 * cell->change;
				square += 1e4 * cell->change * cell->change;
			}
			e->scenario_number = row ? 2 : 1;
			e->label = mem_strdup(labels[row]);
			e->memory = mem_strdup(c->scenarios[memory].memory);
			e->modes = 4;
			e->mean_pct = sum / 4;
			e->sd_pct = sqrt((square - sum * sum / 4) / 3);
		}
}

static inline void sample_lists(struct comparison *c, bool hostile)
{
	c->scenario_count = ARRAY_SIZE(sample_scenarios);
	c->scenarios = MEM_NEW(struct comparison_scenario, c->scenario_count);
	for (size_t i = 0; i < c->scenario_count; i++)
		c->scenarios[i] = (struct comparison_scenario){
			mem_printf("%s%s", sample_scenarios[i].name,
				hostile ? "<b>\" EOD\n`id`" : ""),
			mem_strdup(sample_scenarios[i].memory),
			mem_printf("%s%s", sample_scenarios[i].command,
				hostile ? SAMPLE_ATTACK : ""),
			sample_scenarios[i].manual};
	c->mode_count = ARRAY_SIZE(sample_modes);
	c->modes = MEM_NEW(char *, c->mode_count);
	for (size_t i = 0; i < c->mode_count; i++)
		c->modes[i] = mem_strdup(sample_modes[i]);
	c->metric_count = ARRAY_SIZE(sample_metrics);
	c->metrics = MEM_NEW(struct comparison_metric, c->metric_count);
	for (size_t i = 0; i < c->metric_count; i++)
		c->metrics[i] = (struct comparison_metric){mem_strdup(sample_metrics[i].name),
			mem_strdup(sample_metrics[i].unit), mem_strdup(sample_metrics[i].title),
			sample_metrics[i].judged};
}

static inline const char *sample_sentence(enum sample_kind kind)
{
	if (kind == SAMPLE_UNJUDGED)
		return "enable dirty log -31.3 % without manual protect, clear dirty log "
		       "-29.6 % with it: means of 3 + 3 boots";
	if (kind == SAMPLE_SLOWER)
		return "REGRESSED: clear dirty log, first pass +10.1 % [+9.2, +11.0] in 12 of "
		       "12 "
		       "configurations";
	return "IMPROVED: clear dirty log, first pass -29.6 % [-30.4, -28.8] in 12 of 12 "
	       "configurations";
}

static inline void sample_comparison(struct comparison *c, enum sample_kind kind, uint64_t seed)
{
	bool hostile = kind == SAMPLE_HOSTILE;
	struct prng prng;

	prng_init(&prng, seed);
	*c = (struct comparison){
		.id = 17,
		.branch = mem_strdup(hostile ? SAMPLE_ATTACK : "kvmarm/next"),
		.host = mem_strdup(hostile ? "../<evil> host" : "emu-01"),
		.emulated = true,
		.host_facts = mem_strdup("model: QEMU virt\ncpu: cortex-a57\ncpus: 2\n"),
		.plan = mem_strdup("dirty-log-emulated"),
		.plan_hash = mem_strdup("0011223344aa"),
		.cmdline = mem_strdup("console=ttyAMA0 panic=5 oops=panic hugepages=16"),
		.chunk_bytes = 2 << 20,
		.state = mem_strdup("done"),
		.updated_unix_ms = 1772605330000,
		.sentence = mem_strdup(sample_sentence(kind)),
		.headline = kind == SAMPLE_SLOWER ? VERDICT_REGRESSED : VERDICT_IMPROVED,
	};
	if (kind != SAMPLE_UNJUDGED)
		c->evidence = mem_strdup(
			"confirmed by 3 + 3 interleaved boots; false discovery "
			"rate 5 %; counts from 2 % up");
	sample_side(
		&c->base, "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334", hostile, "Linux 6.12.94");
	sample_side(&c->fresh,
		hostile			  ? "66af37cfac0aec061cc4bcf4a065b0c52f7e19aa"
		: kind == SAMPLE_SLOWER	  ? "77af37cfac0aec061cc4bcf4a065b0c52f7e19aa"
		: kind == SAMPLE_UNJUDGED ? "88af37cfac0aec061cc4bcf4a065b0c52f7e19aa"
					  : "def456789abcdef0123456789abcdef012345678",
		hostile, "KVM: arm64: Make stage2_split_walker() skip unnecessary walks");
	sample_lists(c, hostile);
	sample_boots(c);
	c->cells = MEM_NEW(struct cell, c->scenario_count * c->mode_count * c->metric_count);
	for (size_t s = 0; s < c->scenario_count; s++)
		for (size_t mode = 0; mode < c->mode_count; mode++)
			for (size_t m = 0; m < c->metric_count; m++)
				if (c->scenarios[s].manual_protect
						? sample_metrics[m].with_default
						: sample_metrics[m].with_g)
					sample_cell(c, s, mode, m, kind, &prng);
	sample_table(c);
}

static inline void sample_process(struct boot_page_process *process, int number, bool hostile)
{
	static const char *const metrics[] = {"populate", "enable", "dirty", "get", "clear"};
	size_t scenario = (size_t)(number - 1) % 6, mode = (size_t)(number - 1) / 6 % 4;

	*process = (struct boot_page_process){
		.number = number,
		.scenario = mem_strdup(sample_scenarios[scenario].name),
		.mode = mem_strdup(sample_modes[mode]),
		.command = mem_printf("./dirty_log_perf_test -m %zu %s -c 0,1", mode,
			hostile ? SAMPLE_ATTACK : sample_scenarios[scenario].command),
		.duration_ms = 5300 + 10 * number,
		.chunk_bytes = 2 << 20,
		.calls = 4,
		.value_count = ARRAY_SIZE(metrics),
		.output = mem_printf("Random seed: 0x6b8b4567\nTest iterations: 2\n"
				     "Testing guest mode: %s\n"
				     "Populate memory time: 0.036754464s\n"
				     "Enabling dirty logging time: 0.180013840s\n\n"
				     "Iteration 1 dirty memory time: 0.075964992s\n%s",
			sample_modes[mode], hostile ? SAMPLE_ATTACK : ""),
	};
	process->output_bytes = strlen(process->output);
	process->values = MEM_NEW(struct boot_page_value, process->value_count);
	for (size_t i = 0; i < process->value_count; i++)
		process->values[i] = (struct boot_page_value){mem_strdup(metrics[i]),
			mem_strdup(i % 2 ? "instructions" : "s"), i > 1 ? 1 : 0,
			i % 2 ? 12.9e6 : 0.0367};
	if (number != 5)
		return;
	process->failure = FAILURE_TEST;
	process->symptom = SYMPTOM_ASSERT;
	process->exit_status = 254;
	process->reason = mem_strdup("exit status 254");
	process->errors = mem_strdup(
		"==== Test Assertion Failure ====\n"
		"  lib/kvm_util.c:1023: !ret\n");
	process->errors_bytes = strlen(process->errors);
}

/* A boot that counts, or one that panicked. */
static inline void sample_boot(struct boot_page *page, int64_t id, bool failed, bool hostile)
{
	const char *oid = "def456789abcdef0123456789abcdef012345678";

	*page = (struct boot_page){
		.id = id,
		.host = mem_strdup(hostile ? "../<evil> host" : "emu-01"),
		.emulated = true,
		.branch = mem_strdup(hostile ? SAMPLE_ATTACK : "kvmarm/next"),
		.plan = mem_strdup("dirty-log-emulated"),
		.oid = mem_strdup(oid),
		.subject = mem_strdup(hostile ? SAMPLE_ATTACK
					      : "KVM: arm64: Make stage2_split_walker() skip "
						"unnecessary walks"),
		.release = mem_strdup("6.12.94-kp-def456789abc-1f2e3d4c"),
		.build_id = mem_strdup("8e0c1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d"),
		.started_unix_ms = 1772604604000,
		.ended_unix_ms = 1772604752700,
		.facts = mem_strdup("model: QEMU virt\ncpu: cortex-a57\ncpus: 2\n"),
		.base_oid = mem_strdup("a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"),
		.fresh_oid = mem_strdup(oid),
	};
	if (failed) {
		page->failure = FAILURE_KERNEL;
		page->symptom = SYMPTOM_PANIC;
		page->reason = mem_strdup("golden came back after 14 s");
		page->console = mem_printf(
			"[    1.8] Kernel panic - not syncing: VFS: Unable "
			"to mount root fs\r\n[    1.8] ---[ end Kernel panic "
			"]---\r\n%s",
			hostile ? SAMPLE_ATTACK : "");
		return;
	}
	page->boot_id = mem_strdup("f4bd5f2c-2f0e-4d35-9b39-8f2f2a4f6f10");
	page->cmdline = mem_strdup("console=ttyAMA0 panic=5 oops=panic hugepages=16");
	page->kvm_mode = mem_strdup("Hyp nVHE mode");
	page->kexec_ms = 4120;
	page->highlights = mem_strdup(
		"[    0.31] kvm [1]: nv: 0 Hyp nVHE mode initialized "
		"successfully\n");
	page->dmesg = mem_strdup("[    0.00] Booting Linux on physical CPU 0x0\n");
	page->process_count = 24;
	page->processes = MEM_NEW(struct boot_page_process, page->process_count);
	for (size_t i = 0; i < page->process_count; i++)
		sample_process(&page->processes[i], (int)i + 1, hostile);
}

/*
 * Where pages are written: $KVMPERF_SITE to look at them, else a folder that
 * goes with the variable.
 */
static inline char *sample_site(void)
{
	const char *wanted = getenv("KVMPERF_SITE");
	char *site = mem_strdup(wanted ? wanted : "/tmp/kvmperf-site-XXXXXX");

	return wanted ? site : mkdtemp(site);
}

static inline void sample_site_remove(char **site)
{
	if (*site && !getenv("KVMPERF_SITE"))
		fs_remove_tree(*site, NULL);
	free(*site);
}

#define auto_site __attribute__((cleanup(sample_site_remove)))

#endif
