/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAKEBIN_REHEARSAL_H
#define FAKEBIN_REHEARSAL_H

/*
 * What the test, the probe and the counter would tell on the stand-in's machine:
 * part of machine.h.
 */

static double measure(struct machine *m, const char *command, int nth, const char *what, int i)
{
	auto_free char *cell = mem_printf("%s/%s/%d", command, what, i);
	uint64_t h = hash(0xcbf29ce484222325u, cell);
	double usual = 1e6 * (1 + (double)(h % 97)), boot, process;
	struct prng prng;

	prng_init(&prng, m->seed ^ h);
	boot = 0.002 * prng_normal(&prng);
	prng_init(&prng, (m->seed ^ h) + (uint64_t)nth * 977);
	process = 0.001 * prng_normal(&prng);
	return usual * m->percent / 100 * m->drift / 100 * exp(boot + process);
}

static int option(const struct strv *argv, const char *name, int fallback)
{
	for (size_t i = 0; i < argv->count; i++)
		if (strcmp(argv->items[i], name) == 0)
			return i + 1 < argv->count ? atoi(argv->items[i + 1]) : 0;
	return fallback;
}

static int runs_before(struct machine *m, const char *command)
{
	int count = 0;

	for (size_t i = 0; i < m->runs.count; i++)
		count += strcmp(m->runs.items[i], command) == 0;
	strv_add(&m->runs, command);
	return count;
}

struct texts {
	struct str output, probe, counts;
	int calls;
};

static const char *const modes[] = {"PA-bits:40,  VA-bits:48,  4K pages",
	"PA-bits:40,  VA-bits:48, 64K pages", "PA-bits:36,  VA-bits:48,  4K pages",
	"PA-bits:36,  VA-bits:48, 64K pages"};

static void call(struct texts *texts, const char *kind, double instructions)
{
	str_addf(&texts->probe, "call kind=%s ns=%d errno=0\n", kind, (int)(instructions / 10));
	str_addf(&texts->counts, "count kind=%s instructions=%.0f waited=0 begin=1 end=1\n",
		kind, instructions);
	texts->calls++;
}

static void run_test(
	struct machine *m, const struct strv *argv, long long chunk, struct texts *texts)
{
	auto_free char *whole = strv_join(argv, " ");
	const char *command = strchr(whole, ' '); /* where the binary lies says nothing */
	int nth = runs_before(m, command), iterations = option(argv, "-i", 2);
	int mode = option(argv, "-m", 0) & 3;
	bool clears = option(argv, "-g", -1) == -1;
	struct str *out = &texts->output;

	str_addf(&texts->probe,
		"kvmperf-probe 1\nchunk requested=%lld ret=0 errno=0 effective=%lld\n"
		"overhead ns=80\n",
		chunk, chunk);
	str_add(&texts->counts,
		"count kind=overhead instructions=0 waited=0 begin=1 end=1\n"
		"count kind=wrapper instructions=250 waited=0 begin=1 end=1\n");
	str_addf(out,
		"Random seed: 0x1\nTest iterations: %d\nTesting guest mode: %s\n"
		"Populate memory time: 0.500000000s\n"
		"Enabling dirty logging time: 0.001000000s\n\n",
		iterations, modes[mode]);
	call(texts, "enable", measure(m, command, nth, "enable", 0));
	for (int i = 1; i <= iterations; i++) {
		str_addf(out,
			"Iteration %d dirty memory time: 0.006000000s\n"
			"Iteration %d get dirty log time: 0.000200000s\n",
			i, i);
		call(texts, "get", measure(m, command, nth, "get", i));
		if (!clears)
			continue;
		str_addf(out, "Iteration %d clear dirty log time: 0.003000000s\n", i);
		call(texts, "clear", measure(m, command, nth, "clear", i));
	}
	call(texts, "disable", measure(m, command, nth, "disable", 0));
	str_add(out, "Disabling dirty logging time: 0.500000000s\n");
	str_addf(out,
		"Get dirty log over %d iterations took 0.%09ds. (Avg 0.000200000s/iteration)\n",
		iterations, 200000 * iterations);
	if (clears)
		str_addf(out,
			"Clear dirty log over %d iterations took 0.%09ds. (Avg "
			"0.003000000s/iteration)\n",
			iterations, 3000000 * iterations);
	str_addf(&texts->probe, "end calls=%d\n", texts->calls);
}

static void run_control(struct machine *m, struct texts *texts)
{
	str_add(&texts->probe, "kvmperf-probe 1\n");
	for (int i = 1; i <= CONTROL_PASSES; i++)
		call(texts, "control",
			measure(m, "control", 0, "pass", i) * m->control / m->percent);
	str_addf(&texts->probe, "end calls=%d\n", texts->calls);
}

static void add_help(struct str *out)
{
	str_add(out, " -m: specify the guest mode ID to test\n     Guest mode IDs:\n");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		str_addf(out, "         %zu:    %s (supported)\n", i + 4, modes[i]);
}

#endif
