/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/health.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/scan.h"
#include "string/str.h"
#include "string/strv.h"
#include "text/facts.h"

#define CPU  "/sys/devices/system/cpu/"
#define NODE "/sys/devices/system/node/"
#define HUGE "/sys/kernel/mm/hugepages/"

/*
 * So much faster or slower it is another machine. Golden is not prepared for
 * measuring: what is looked for is a processor that is held down, and that is slower
 * by more.
 */
#define HEALTH_SCORE_MAX 1.5

static const char *text_of(const char *text)
{
	return text ? text : "unknown";
}

enum health_blame health_blame(int code)
{
	switch (-code) {
	case EHOSTDOWN:
	case EKEYREJECTED:
		return HEALTH_FINAL;
	case ETIMEDOUT:
	case EAGAIN:
	case EPIPE:
	case EBADMSG:
	case EPROTO:
	case EACCES:
	case ENOEXEC:
	case EOPNOTSUPP:
	case EIO:
		return HEALTH_HOSTS;
	default:
		return HEALTH_OURS;
	}
}

/* ---- what can be wrong: a sentence that the caller frees, or NULL ---- */

static char *find_taint(const struct health *health)
{
	auto_free char *taint = facts_value(health->facts, "/proc/sys/kernel/tainted");

	if (taint && strcmp(taint, "0") == 0)
		return NULL;
	return mem_printf("the golden kernel is tainted: %s", text_of(taint));
}

static char *find_no_kvm(const struct health *health)
{
	auto_free char *kvm = facts_value(health->facts, "kvm");

	if (kvm && strcmp(kvm, "present") == 0)
		return NULL;
	return mem_printf("/dev/kvm cannot be opened: %s", text_of(kvm));
}

static char *find_lost_cpu(const struct health *health)
{
	auto_free char *online = facts_value(health->facts, CPU "online");
	auto_free char *possible = facts_value(health->facts, CPU "possible");

	if (online && possible && strcmp(online, possible) == 0)
		return NULL;
	return mem_printf("CPUs %s are online of %s", text_of(online), text_of(possible));
}

static char *find_bad_gic(const struct health *health)
{
	auto_free char *said = facts_gic_fault(health->dmesg);

	return said ? mem_printf("it is not fit for kexec: %s", said) : NULL;
}

static char *find_loaded(const struct health *health)
{
	auto_free char *loaded = facts_value(health->facts, "/sys/kernel/kexec_loaded");

	return loaded && strcmp(loaded, "0") != 0
		       ? mem_strdup("somebody has loaded a kernel on golden")
		       : NULL;
}

static char *find_no_kexec(const struct health *health)
{
	auto_free char *kexec = facts_value(health->check, "kexec");

	if (kexec && strcmp(kexec, "loads") == 0)
		return NULL;
	return mem_printf("golden cannot load a kernel: %s", text_of(kexec));
}

/* The first of the lines that facts_changed() gives, without its "after ". */
static char *first_change(const char *before, const char *after)
{
	auto_free char *changes = facts_changed(before, after);
	const char *line =
		text_starts(changes, "after ") ? changes + strlen("after ") : "nothing";

	return mem_strndup(line, strcspn(line, "\n"));
}

static char *find_other_machine(const struct health *health)
{
	auto_free char *gone = NULL, *fresh = NULL;

	if (!health->known_identity || strcmp(health->identity, health->known_identity) == 0)
		return NULL;
	gone = first_change(health->identity, health->known_identity);
	fresh = first_change(health->known_identity, health->identity);
	return mem_printf(
		"it is not the machine that it was when it was checked first: it had "
		"\"%s\", and has \"%s\"",
		gone, fresh);
}

static int64_t score_of(const struct health *health)
{
	auto_free char *score = facts_value(health->check, "score-us");
	struct scan scan = scan_of(score ? score : "", score ? strlen(score) : 0);
	uint64_t us = 0;

	return health->keeps_time && scan_number(&scan, &us) && us < INT32_MAX ? (int64_t)us
									       : 0;
}

static char *find_other_speed(const struct health *health)
{
	double score = (double)score_of(health), known = (double)health->known_score_us;

	if (!(score > 0) || !(known > 0) ||
		(score < known * HEALTH_SCORE_MAX && known < score * HEALTH_SCORE_MAX))
		return NULL;
	return mem_printf(
		"a fixed piece of work takes %.0f us, and took %.0f us when it was "
		"checked first",
		score, known);
}

static char *(*const finders[])(const struct health *health) = {
	find_taint,
	find_no_kvm,
	find_lost_cpu,
	find_bad_gic,
	find_loaded,
	find_no_kexec,
	find_other_machine,
	find_other_speed,
};

/* ---- what it has ---- */

/* How many NUMA nodes there are, and of which sizes huge pages may be. */
static void describe_memory(const struct health *health, struct str *ret)
{
	auto_free char *total = facts_value(health->facts, "/proc/meminfo");
	auto_strv struct strv lines = STRV_INIT;
	auto_str struct str sizes = STR_INIT;
	int nodes = 0;

	strv_split(&lines, health->facts, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];

		if (text_starts(line, NODE "node") && strstr(line, "/cpulist: "))
			nodes++;
		if (text_starts(line, HUGE "hugepages-") && strstr(line, "/nr_hugepages: "))
			str_addf(&sizes, " %.*s",
				(int)strcspn(line + strlen(HUGE "hugepages-"), "/"),
				line + strlen(HUGE "hugepages-"));
	}
	str_addf(ret, ", %s", text_of(total));
	if (nodes)
		str_addf(ret, ", %d NUMA node%s", nodes, nodes == 1 ? "" : "s");
	if (sizes.length)
		str_addf(ret, ", huge pages of%s", str_text(&sizes));
}

static char *describe(const struct health *health, int64_t score_us)
{
	auto_free char *release = facts_value(health->facts, "release");
	auto_free char *online = facts_value(health->facts, CPU "online");
	auto_free char *mode = facts_kvm_mode(health->dmesg);
	auto_str struct str text = STR_INIT;

	str_addf(&text, "golden %s, %s, CPUs %s", text_of(release),
		mode ? mode : "KVM of a mode that the log no longer tells", online);
	describe_memory(health, &text);
	str_add(&text, ", kexec loads, no taint");
	if (score_us)
		str_addf(&text, ", score %lld us", (long long)score_us);
	return str_take(&text);
}

void health_judge(const struct health *health, struct health_answer *ret)
{
	*ret = (struct health_answer){.score_us = score_of(health)};
	for (size_t i = 0; i < ARRAY_SIZE(finders) && !ret->text; i++)
		ret->text = finders[i](health);
	ret->is_fit = !ret->text;
	if (ret->is_fit)
		ret->text = describe(health, ret->score_us);
}
