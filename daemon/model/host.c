/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host.h"

#include <stdlib.h>
#include <string.h>

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

void host_spec_clear(struct host_spec *spec)
{
	free(spec->name);
	free(spec->cpu);
	free(spec->golden_image);
	free(spec->cmdline);
	free(spec->initrd);
	free(spec->address);
	free(spec->ssh_config);
	free(spec->runner_folder);
	strv_clear(&spec->become);
	strv_clear(&spec->power_off);
	strv_clear(&spec->power_on);
	memset(spec, 0, sizeof(*spec));
}
