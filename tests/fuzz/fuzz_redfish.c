/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/redfish.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path that is taken leads nowhere but to the same server. */
static void check_path(const char *path)
{
	if (path[0] != '/' || path[1] == '/' || strpbrk(path, " \r\n\\\"") ||
		strstr(path, "/.."))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data;
	auto_strv struct strv members = STRV_INIT;
	struct redfish_system system;
	auto_free char *said = redfish_messages(json, size);

	if (said && strpbrk(said, "\r\n\033"))
		abort();
	if (redfish_members(json, size, &members, NULL) == 0)
		for (size_t i = 0; i < members.count; i++)
			check_path(members.items[i]);
	if (redfish_system(json, size, &system, NULL) == 0) {
		check_path(system.reset_path);
		redfish_system_clear(&system);
	}
	return 0;
}
