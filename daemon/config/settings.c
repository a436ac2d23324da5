/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "text/keys.h"

enum { HOSTS_MAX = 256 };

static const char *const drivers[] = {"qemu", NULL};

#define SETTING(field) offsetof(struct settings, field)
#define HOST(field)    offsetof(struct host_spec, field)

static const struct key keys[] = {
	{"kvmperf", "state", KEY_TEXT, SETTING(state), "", 0, 0, NULL},
	{"host", "driver", KEY_CHOICE, HOST(driver), NULL, 0, 0, drivers},
	{"host", "cpu", KEY_TEXT, HOST(cpu), "cortex-a57", 0, 0, NULL},
	{"host", "cpus", KEY_INT, HOST(cpus), "2", 2, 64, NULL},
	{"host", "memory-mb", KEY_INT, HOST(memory_mb), "2048", 512, 1 << 22, NULL},
	{"host", "golden-image", KEY_TEXT, HOST(golden_image), "", 0, 0, NULL},
	{"host", "kernel-parameters", KEY_TEXT, HOST(cmdline), "console=ttyAMA0", 0, 0, NULL},
};

static void *open_section(void *data, const char *section, const char *name, struct err *err)
{
	struct settings *settings = data;
	struct host_spec *host;

	if (strcmp(section, "kvmperf") == 0) {
		if (name)
			err_set(err, -EINVAL, "[kvmperf %.80s]: this section has no name",
				name);
		return name ? NULL : settings;
	}
	if (!name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != strlen(name) ||
		name[0] == '.' || strlen(name) > 63) {
		err_set(err, -EINVAL,
			"[host %.80s]: a host needs a name of a-z, 0-9, - and dots",
			name ? name : "");
		return NULL;
	}
	if (settings->host_count == HOSTS_MAX) {
		err_set(err, -E2BIG, "more than %d hosts", HOSTS_MAX);
		return NULL;
	}
	/* Allocated to the limit at once: the table writes through this pointer later. */
	if (!settings->hosts)
		settings->hosts = MEM_NEW(struct host_spec, HOSTS_MAX);
	host = &settings->hosts[settings->host_count++];
	host->name = mem_strdup(name);
	return host;
}

int settings_parse(const char *file, const char *text, struct settings *ret, struct err *err)
{
	struct settings settings = {0};
	struct key_table table = {keys, ARRAY_SIZE(keys), open_section, &settings};
	int r = keys_read(&table, file, text, err);

	if (r == 0 && settings.host_count == 0)
		r = err_set(err, -EINVAL, "%s: there is no [host NAME] section", file);
	if (r < 0) {
		settings_clear(&settings);
		return r;
	}
	if (!settings.state)
		settings.state = mem_strdup("");
	*ret = settings;
	return 0;
}

const char *settings_builtin(void)
{
	return builtin_text("plans/builtin.conf");
}

void settings_clear(struct settings *settings)
{
	for (size_t i = 0; i < settings->host_count; i++)
		host_spec_clear(&settings->hosts[i]);
	free(settings->hosts);
	free(settings->state);
	memset(settings, 0, sizeof(*settings));
}

const struct host_spec *settings_host(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->host_count; i++)
		if (strcmp(settings->hosts[i].name, name) == 0)
			return &settings->hosts[i];
	return NULL;
}
