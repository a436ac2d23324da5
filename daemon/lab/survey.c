/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/survey.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/scan.h"
#include "io/zip.h"
#include "rules/proof.h"
#include "string/str.h"
#include "sys/fs.h"
#include "text/facts.h"
#include "text/kconfig.h"

enum { FILE_LIMIT_BYTES = 1 << 20, CONFIG_LIMIT_BYTES = 16 << 20, LOG_LIMIT_BYTES = 16 << 20 };

/* A small file below root; NULL when it cannot be read. The caller frees. */
static char *read_file(const char *root, const char *path)
{
	auto_free char *full = mem_printf("%s%s", root, path);
	char *text = NULL;

	return fs_read(full, FILE_LIMIT_BYTES, &text, NULL, NULL) < 0 ? NULL : text;
}

static bool is_there(const char *root, const char *path)
{
	auto_free char *full = mem_printf("%s%s", root, path);

	return fs_exists(full);
}

static enum tell tell(bool yes)
{
	return yes ? TELL_YES : TELL_NO;
}

/* ---- what it is ---- */

static void look_at_names(const char *root, struct machine *ret)
{
	auto_free char *release = read_file(root, "/proc/sys/kernel/osrelease");
	auto_free char *arch = read_file(root, "/proc/sys/kernel/arch");
	auto_free char *name = read_file(root, "/proc/sys/kernel/hostname");
	struct utsname here = {0};
	char *to;

	uname(&here);
	ret->release = mem_strdup(release ? text_trim(release) : here.release);
	ret->arch = mem_strdup(arch ? text_trim(arch) : here.machine);
	ret->name = mem_strdup(name ? text_trim(name) : here.nodename);
	to = ret->name;
	for (const char *at = ret->name; *at; at++)
		if (isalnum((unsigned char)*at) || *at == '-' || (*at == '.' && to > ret->name))
			*to++ = (char)tolower((unsigned char)*at);
	*to = '\0';
}

/* CPUs that are online, and how many different parts are among them. */
static void look_at_cpus(const char *root, struct machine *ret)
{
	auto_free char *text = read_file(root, "/proc/cpuinfo");
	auto_strv struct strv lines = STRV_INIT, parts = STRV_INIT;

	strv_split(&lines, text ? text : "", "\n");
	for (size_t i = 0; i < lines.count; i++) {
		bool known = false;

		if (text_starts(lines.items[i], "processor"))
			ret->cpus++;
		if (!text_starts(lines.items[i], "CPU part"))
			continue;
		for (size_t k = 0; k < parts.count; k++)
			known = known || strcmp(parts.items[k], lines.items[i]) == 0;
		if (!known)
			strv_add(&parts, lines.items[i]);
	}
	ret->cpu_kinds = (int)parts.count;
}

static void look_at_memory(const char *root, struct machine *ret)
{
	auto_free char *text = read_file(root, "/proc/meminfo");
	auto_free char *total = facts_value(text ? text : "", "MemTotal");
	struct scan scan = scan_of(total ? total : "", total ? strlen(total) : 0);
	uint64_t kilobytes = 0;

	scan_blanks(&scan);
	if (scan_number(&scan, &kilobytes) && kilobytes < INT64_MAX / 1024)
		ret->memory_bytes = (int64_t)kilobytes * 1024;
	ret->page_bytes = sysconf(_SC_PAGESIZE);
}

static int by_size(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void look_at_huge_pages(const char *root, struct machine *ret)
{
	auto_free char *path = mem_printf("%s/sys/kernel/mm/hugepages", root);
	DIR *folder = opendir(path);
	struct dirent *entry;
	long long kilobytes;

	while (folder && (entry = readdir(folder)))
		if (sscanf(entry->d_name, "hugepages-%lldkB", &kilobytes) == 1 &&
			kilobytes > 0 && kilobytes < INT64_MAX / 1024) {
			ret->huge_page_bytes = mem_grow(ret->huge_page_bytes,
				ret->huge_page_count + 1, sizeof(int64_t));
			ret->huge_page_bytes[ret->huge_page_count++] = kilobytes * 1024;
		}
	if (folder)
		closedir(folder);
	if (ret->huge_page_count)
		qsort(ret->huge_page_bytes, ret->huge_page_count, sizeof(int64_t), by_size);
}

/* ---- what its kernel can do ---- */

static void look_at_kvm(const char *root, struct machine *ret)
{
	auto_free char *log = NULL;
	int length;

	ret->has_kvm = tell(is_there(root, "/dev/kvm"));
	if (root[0])
		log = read_file(root, "/var/log/dmesg");
	else {
		log = mem_new(LOG_LIMIT_BYTES + 1, 1);
		length = klogctl(3, log, LOG_LIMIT_BYTES); /* SYSLOG_ACTION_READ_ALL */
		log[length > 0 ? length : 0] = '\0';
	}
	ret->kvm_mode = facts_kvm_mode(log ? log : "");
}

char *survey_config(const char *root, const char *release, size_t *ret_bytes)
{
	auto_free char *packed_path = mem_printf("%s/proc/config.gz", root);
	auto_free char *path = mem_printf("%s/boot/config-%s", root, release);
	auto_free char *packed = NULL;
	char *text = NULL;
	size_t bytes;

	if (fs_read(packed_path, CONFIG_LIMIT_BYTES, &packed, &bytes, NULL) == 0 &&
		zip_gunzip(packed, bytes, CONFIG_LIMIT_BYTES, &text, ret_bytes, NULL) == 0)
		return text;
	return fs_read(path, CONFIG_LIMIT_BYTES, &text, ret_bytes, NULL) == 0 ? text : NULL;
}

static enum tell option_is_on(const struct kconfig *config, const char *name)
{
	const char *value = kconfig_value(config, name);

	return tell(value && strcmp(value, "y") == 0);
}

static void look_at_config(const char *root, struct machine *ret)
{
	auto_kconfig struct kconfig config = KCONFIG_INIT;
	size_t bytes = 0;
	auto_free char *text = survey_config(root, ret->release, &bytes);

	ret->kexec_file = ret->hotplug_cpu = TELL_UNKNOWN;
	if (!text || kconfig_parse(text, bytes, "config", &config, NULL) < 0)
		return;
	ret->kexec_file = option_is_on(&config, "CONFIG_KEXEC_FILE");
	ret->hotplug_cpu = option_is_on(&config, "CONFIG_HOTPLUG_CPU");
}

/* ---- what its service manager does with a watchdog ---- */

/* The last `key = value` of a file of systemd; "" or 0, off, no: it is off. */
static enum tell last_setting(const char *text, const char *key, enum tell before)
{
	auto_strv struct strv lines = STRV_INIT;

	strv_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		char *line = text_trim(lines.items[i]), *equals = strchr(line, '=');
		const char *value;

		if (!equals)
			continue;
		*equals = '\0';
		value = text_trim(equals + 1);
		if (strcmp(text_trim(line), key) == 0)
			before = tell(
				*value && strcmp(value, "0") != 0 && strcmp(value, "off") != 0);
	}
	return before;
}

static int is_conf(const struct dirent *entry)
{
	return text_ends(entry->d_name, ".conf");
}

/* system.conf, then the files of its folder in their order. */
static enum tell manager_setting(const char *root, const char *key)
{
	static const char folder[] = "/etc/systemd/system.conf.d";
	auto_free char *main_file = read_file(root, "/etc/systemd/system.conf");
	auto_free char *full = mem_printf("%s%s", root, folder);
	enum tell answer = last_setting(main_file ? main_file : "", key, TELL_NO);
	struct dirent **names = NULL;
	int count = scandir(full, &names, is_conf, alphasort);

	for (int i = 0; i < count; i++) {
		auto_free char *path = mem_printf("%s/%s", folder, names[i]->d_name);
		auto_free char *text = read_file(root, path);

		answer = last_setting(text ? text : "", key, answer);
		free(names[i]);
	}
	free(names);
	return answer;
}

static void look_at_kexec(const char *root, struct machine *ret)
{
	auto_free char *disabled = read_file(root, "/proc/sys/kernel/kexec_load_disabled");
	auto_free char *lockdown = read_file(root, "/sys/kernel/security/lockdown");
	auto_free char *cmdline = read_file(root, "/proc/cmdline");

	ret->kexec_allowed = disabled ? tell(disabled[0] == '0') : TELL_UNKNOWN;
	ret->locked_down = lockdown ? tell(!strstr(lockdown, "[none]")) : TELL_NO;
	ret->has_watchdog = tell(is_there(root, "/dev/watchdog0"));
	ret->watchdog_stays =
		tell(cmdline && strstr(cmdline, "watchdog.stop_on_reboot=0") != NULL);
}

/* ---- what is installed ---- */

static bool is_on_path(const char *root, const char *program)
{
	auto_strv struct strv folders = STRV_INIT;
	const char *path = getenv("PATH");

	strv_split(&folders, path ? path : "/usr/bin:/bin:/usr/sbin:/sbin", ":");
	for (size_t i = 0; i < folders.count; i++) {
		auto_free char *full = mem_printf("%s%s/%s", root, folders.items[i], program);

		if (access(full, X_OK) == 0)
			return true;
	}
	return false;
}

void survey_machine(const char *root, struct machine *ret)
{
	memset(ret, 0, sizeof(*ret));
	look_at_names(root, ret);
	look_at_cpus(root, ret);
	look_at_memory(root, ret);
	look_at_huge_pages(root, ret);
	look_at_kvm(root, ret);
	look_at_config(root, ret);
	look_at_kexec(root, ret);
	ret->has_systemd = is_there(root, "/run/systemd/system");
	ret->runtime_watchdog = manager_setting(root, "RuntimeWatchdogSec");
	ret->kexec_watchdog = manager_setting(root, "KExecWatchdogSec");
	ret->is_root = geteuid() == 0;
	for (size_t i = 0; machine_programs[i]; i++)
		if (is_on_path(root, machine_programs[i]))
			strv_add(&ret->programs, machine_programs[i]);
}

bool survey_is_test_kernel(void)
{
	auto_free char *line = NULL;

	return fs_read("/proc/cmdline", FILE_LIMIT_BYTES, &line, NULL, NULL) == 0 &&
	       strstr(line, PROOF_MARK);
}
