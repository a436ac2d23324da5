/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host.h"

#include <stdlib.h>
#include <string.h>

#include "string/str.h"

const char *host_driver_name(enum host_driver driver)
{
	switch (driver) {
	case HOST_QEMU:
		return "qemu";
	case HOST_SSH:
		return "ssh";
	case HOST_LOCAL:
		return "local";
	}
	return "?";
}

bool host_is_emulated(const struct host_spec *spec)
{
	return spec->driver == HOST_QEMU;
}

int host_golden_limit_s(const struct host_spec *spec)
{
	enum { EMULATED_S = 90, REAL_S = 600 }; /* firmware of servers takes its time */

	if (spec->golden_limit_s)
		return spec->golden_limit_s;
	return host_is_emulated(spec) ? EMULATED_S : REAL_S;
}

bool host_is_meant(const char *wanted, const char *name, const struct strv *tags)
{
	static const char prefix[] = "tag:";

	if (!text_starts(wanted, prefix))
		return !*wanted || strcmp(wanted, name) == 0;
	for (size_t i = 0; tags && i < tags->count; i++)
		if (strcmp(tags->items[i], wanted + strlen(prefix)) == 0)
			return true;
	return false;
}

void host_spec_clear(struct host_spec *spec)
{
	free(spec->name);
	strv_clear(&spec->tags);
	free(spec->cpu);
	free(spec->golden_image);
	free(spec->cmdline);
	free(spec->initrd);
	free(spec->address);
	free(spec->ssh_config);
	free(spec->runner_folder);
	strv_clear(&spec->become);
	free(spec->redfish);
	free(spec->redfish_user);
	free(spec->redfish_password_file);
	free(spec->redfish_ca);
	free(spec->redfish_system);
	strv_clear(&spec->sysrq);
	strv_clear(&spec->power_off);
	strv_clear(&spec->power_on);
	memset(spec, 0, sizeof(*spec));
}
