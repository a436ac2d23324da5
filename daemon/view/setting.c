/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/facts.h"
#include "text/number.h"

enum { HASH_DIGITS = 12, MIB_OF_GIB = 1024, LARGE_MEMORY_MIB = 16 * MIB_OF_GIB };

static const char *or_unknown(const char *text)
{
	return text && *text ? text : "not recorded";
}

static size_t count_cpus(const char *facts)
{
	size_t count = 0;

	for (const char *p = facts; (p = strstr(p, "/regs/identification/midr_el1: ")); p++)
		count++;
	return count;
}

/* "0x00000000410fd070" -> "0x410fd070". */
static char *first_midr(const char *facts)
{
	auto_free char *value =
		facts_value(facts, "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");

	return mem_printf("0x%08llx", value ? strtoull(value, NULL, 16) : 0);
}

static void put_memory(struct str *out, const char *facts)
{
	auto_free char *total = facts_value(facts, "/proc/meminfo"); /* its first line */
	long long mib = 0;

	if (total && text_starts(total, "MemTotal:"))
		mib = atoll(total + strlen("MemTotal:")) / 1024;
	if (mib >= LARGE_MEMORY_MIB)
		str_addf(out, ", %lldG memory", (mib + MIB_OF_GIB / 2) / MIB_OF_GIB);
	else if (mib)
		str_addf(out, ", %lldM memory", mib);
}

/* "4096" -> "4K". */
static void put_page_size(struct str *out, const char *facts)
{
	auto_free char *value = facts_value(facts, "page-size");

	if (value && atoll(value) >= 1024)
		str_addf(out, "  host pages %lldK", atoll(value) / 1024);
	else
		str_add(out, "  host pages not recorded");
}

static void put_machine(struct str *out, const struct comparison *c)
{
	const char *facts = c->host_facts ? c->host_facts : "";
	auto_free char *midr = first_midr(facts);
	auto_free char *firmware = facts_value(facts, "/sys/class/dmi/id/bios_version");

	str_addf(out, "test machine: %s", c->host);
	if (count_cpus(facts))
		str_addf(out, ", %zu CPU%s (MIDR %s)", count_cpus(facts),
			count_cpus(facts) == 1 ? "" : "s", midr);
	put_memory(out, facts);
	str_add(out, ",\n");
	put_page_size(out, facts);
	str_addf(out, ", %s, firmware %s,\n  boot: firmware -> golden -> kexec\n",
		c->kvm_mode ? c->kvm_mode : "KVM mode not recorded",
		firmware ? firmware : "not told by the machine");
}

void setting_lines(struct str *out, const struct comparison *c, const struct cell *cell,
	const char *command)
{
	char chunk[NUMBER_BYTES];

	number_bytes(c->chunk_bytes, chunk);
	str_addf(out, "testcase: dirty_log_perf_test (sha256 %.*s), plan %s (%s)\n",
		HASH_DIGITS, or_unknown(c->test_sha256), c->plan, c->plan_hash);
	if (cell) {
		const struct comparison_scenario *scenario = &c->scenarios[cell->scenario];

		str_addf(out, "scenario: %s, %s\n", scenario->name, scenario->memory);
		if (command)
			str_addf(out, "command: %s\n", command);
		else
			str_addf(out, "command: ./dirty_log_perf_test %s\n", scenario->command);
		str_addf(out, "mode: %s; eager split chunk %s\n", c->modes[cell->mode], chunk);
	}
	str_addf(out, "config: %s\ncompiler: %s\n", or_unknown(c->fresh.config_hash),
		or_unknown(c->fresh.toolchain));
	put_machine(out, c);
}
