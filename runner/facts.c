/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "files.h"
#include "text/buildid.h"

#define FACT_MAX (64 * 1024)
#define LOG_MAX	 (16 * 1024 * 1024)

/* What noise.md asks to be recorded with every boot, as far as it is a file. */
static const char *const paths[] = {
	/* identity and path */
	"/proc/sys/kernel/random/boot_id",
	"/proc/cmdline",
	"/proc/version",
	"/proc/uptime",
	"/proc/loadavg",
	"/proc/sys/kernel/tainted",
	"/sys/kernel/kexec_loaded",
	/* machine */
	"/proc/meminfo",
	"/proc/device-tree/model",
	"/sys/class/dmi/id/sys_vendor",
	"/sys/class/dmi/id/product_name",
	"/sys/class/dmi/id/bios_version",
	"/sys/class/dmi/id/bios_date",
	"/sys/devices/system/cpu/online",
	"/sys/devices/system/cpu/possible",
	"/sys/devices/system/cpu/isolated",
	"/sys/devices/system/cpu/nohz_full",
	"/sys/devices/system/cpu/cpu*/regs/identification/midr_el1",
	"/sys/devices/system/cpu/cpu*/regs/identification/revidr_el1",
	"/sys/devices/system/cpu/cpu*/topology/package_cpus_list",
	"/sys/devices/system/cpu/cpu*/topology/core_cpus_list",
	"/sys/devices/system/cpu/cpu*/cache/index*/size",
	"/sys/devices/system/node/node*/cpulist",
	"/sys/devices/system/node/node*/meminfo",
	"/sys/devices/system/node/node*/distance",
	"/sys/devices/system/node/node*/hugepages/hugepages-*/free_hugepages",
	/* frequency, idle, temperature */
	"/sys/devices/system/cpu/cpufreq/policy*/scaling_governor",
	"/sys/devices/system/cpu/cpufreq/policy*/scaling_min_freq",
	"/sys/devices/system/cpu/cpufreq/policy*/scaling_max_freq",
	"/sys/devices/system/cpu/cpufreq/policy*/scaling_cur_freq",
	"/sys/devices/system/cpu/cpufreq/boost",
	"/sys/devices/system/cpu/cpu*/cpuidle/state*/disable",
	"/sys/class/thermal/thermal_zone*/type",
	"/sys/class/thermal/thermal_zone*/temp",
	"/sys/class/thermal/cooling_device*/cur_state",
	/* memory */
	"/sys/kernel/mm/transparent_hugepage/enabled",
	"/sys/kernel/mm/transparent_hugepage/defrag",
	"/sys/kernel/mm/transparent_hugepage/shmem_enabled",
	"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
	"/sys/kernel/mm/transparent_hugepage/hugepages-*/enabled",
	"/sys/kernel/mm/transparent_hugepage/khugepaged/defrag",
	"/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs",
	"/sys/kernel/mm/hugepages/hugepages-*/nr_hugepages",
	"/sys/kernel/mm/hugepages/hugepages-*/free_hugepages",
	"/sys/kernel/mm/hugepages/hugepages-*/resv_hugepages",
	"/sys/kernel/mm/hugepages/hugepages-*/surplus_hugepages",
	"/proc/buddyinfo",
	"/proc/vmstat",
	"/proc/swaps",
	"/proc/sys/vm/swappiness",
	"/proc/sys/vm/dirty_ratio",
	"/proc/sys/vm/dirty_background_ratio",
	"/proc/sys/vm/dirty_expire_centisecs",
	"/proc/sys/vm/compaction_proactiveness",
	"/sys/kernel/mm/ksm/run",
	"/sys/kernel/mm/lru_gen/enabled",
	"/proc/sys/kernel/numa_balancing",
	"/proc/sys/kernel/randomize_va_space",
	/* scheduling and interrupts */
	"/proc/interrupts",
	"/proc/irq/default_smp_affinity",
	"/proc/irq/*/smp_affinity_list",
	"/proc/sys/kernel/sched_rt_runtime_us",
	"/proc/sys/kernel/timer_migration",
	"/proc/sys/kernel/watchdog",
	"/proc/sys/kernel/nmi_watchdog",
	"/sys/devices/virtual/workqueue/cpumask",
	"/proc/self/cgroup",
	"/proc/pressure/cpu",
	"/proc/pressure/memory",
	"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	/* mitigations, KVM, modules */
	"/sys/devices/system/cpu/vulnerabilities/*",
	"/sys/module/kvm/parameters/*",
	"/proc/modules",
};

/* One fact a line; bytes that are no text become '?', so that a fact stays on its line. */
static void add_fact(struct str *ret, const char *key, const char *value, size_t count)
{
	for (size_t at = 0; at < count;) {
		const char *line = value + at;
		const char *newline = memchr(line, '\n', count - at);
		size_t length = newline ? (size_t)(newline - line) : count - at;

		at += length + 1;
		while (length && (line[length - 1] == '\0' || line[length - 1] == ' '))
			length--;
		if (!length)
			continue;
		str_addf(ret, "%s: ", key);
		for (size_t i = 0; i < length; i++)
			str_add_char(ret, (unsigned char)line[i] < ' ' && line[i] != '\t'
						  ? '?'
						  : line[i]);
		str_add_char(ret, '\n');
	}
}

static void add_text(struct str *ret, const char *key, const char *value)
{
	add_fact(ret, key, value, strlen(value));
}

static void add_file(struct str *ret, const char *path)
{
	auto_str struct str text = STR_INIT;

	if (files_read(path, FACT_MAX, &text) == 0)
		add_fact(ret, path, str_text(&text), text.length);
}

static void add_build_id(struct str *ret)
{
	auto_str struct str notes = STR_INIT;
	char hex[BUILDID_HEX_BYTES];

	if (files_read("/sys/kernel/notes", FACT_MAX, &notes) == 0 &&
		buildid_from_notes(str_text(&notes), notes.length, hex, NULL) == 0)
		add_text(ret, "build-id", hex);
}

/* The limits of our own control group, which the test inherits: "0::/user.slice". */
static void add_cgroup(struct str *ret)
{
	static const char *const limits[] = {"cpu.max", "cpuset.cpus.effective", "memory.max"};
	auto_free char *line = files_line("/proc/self/cgroup");

	if (!line || !text_starts(line, "0::/"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		auto_free char *path =
			mem_printf("/sys/fs/cgroup%s/%s", line + strlen("0::"), limits[i]);

		add_file(ret, path);
	}
}

void facts_add_all(struct str *ret)
{
	auto_close int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	auto_strv struct strv files = STRV_INIT;
	struct utsname name;

	add_text(ret, "kvm", kvm >= 0 ? "present" : strerror(errno));
	if (uname(&name) == 0) {
		add_text(ret, "release", name.release);
		add_text(ret, "version", name.version);
		add_text(ret, "machine", name.machine);
	}
	add_build_id(ret);
	str_addf(ret, "page-size: %ld\n", sysconf(_SC_PAGESIZE));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		files_expand(paths[i], &files);
	for (size_t i = 0; i < files.count; i++)
		add_file(ret, files.items[i]);
	add_cgroup(ret);
}

int facts_dmesg(struct str *ret)
{
	enum { READ_ALL = 3, SIZE_BUFFER = 10 }; /* syslog(2) */
	int size = klogctl(SIZE_BUFFER, NULL, 0);
	auto_free char *text = NULL;

	if (size < 0)
		return -errno;
	if (size > LOG_MAX)
		size = LOG_MAX;
	text = mem_new((size_t)size + 1, 1);
	size = klogctl(READ_ALL, text, size);
	if (size < 0)
		return -errno;
	str_add_bytes(ret, text, (size_t)size);
	return 0;
}
