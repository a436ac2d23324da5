/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/address.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { NAME_MAX_BYTES = 100, OID_SHOWN = 12 };

/* One safe component of a path; never empty. */
static char *component(const char *name, size_t max_bytes)
{
	const unsigned char *p = (const unsigned char *)(name ? name : "");
	char *safe = mem_new(3 * max_bytes + 2, 1), *end = safe;

	for (size_t i = 0; p[i] && i < max_bytes; i++) {
		bool kept = (p[i] >= 'a' && p[i] <= 'z') || (p[i] >= 'A' && p[i] <= 'Z') ||
			    (p[i] >= '0' && p[i] <= '9') || p[i] == '-' || p[i] == '_' ||
			    (p[i] == '.' && i > 0);

		if (kept)
			*end++ = (char)p[i];
		else
			end += sprintf(end, "=%02X", p[i]);
	}
	if (end == safe)
		strcpy(safe, "=");
	return safe;
}

char *address_comparison(const char *host, const char *base, const char *fresh, const char *ext)
{
	auto_free char *folder = component(host, NAME_MAX_BYTES);
	auto_free char *from = component(base, OID_SHOWN);
	auto_free char *to = component(fresh, OID_SHOWN);

	return mem_printf("c/%s/%s..%s.%s", folder, from, to, ext);
}

char *address_boot(int64_t boot, const char *ext)
{
	return mem_printf("b/%lld.%s", (long long)boot, ext);
}

char *address_event(int64_t event, const char *ext)
{
	return mem_printf("e/%lld.%s", (long long)event, ext);
}

char *address_output(int64_t boot, int process, const char *ext)
{
	return mem_printf("b/%lld/%d.%s", (long long)boot, process, ext);
}

char *address_kernel(const char *oid, const char *ext)
{
	auto_free char *commit = component(oid, OID_SHOWN);

	return mem_printf("k/%s.%s", commit, ext);
}

char *address_config(const char *hash)
{
	auto_free char *name = component(hash, NAME_MAX_BYTES);

	return mem_printf("k/config-%s.txt", name);
}

char *address_branch(const char *branch, const char *ext)
{
	auto_free char *name = component(branch, NAME_MAX_BYTES);

	return mem_printf("r/%s.%s", name, ext);
}

char *address_host(const char *host, const char *ext)
{
	auto_free char *name = component(host, NAME_MAX_BYTES);

	return mem_printf("h/%s.%s", name, ext);
}

char *address_family(
	const char *host, const char *scenario, const char *metric, const char *ext)
{
	auto_free char *folder = component(host, NAME_MAX_BYTES);
	auto_free char *inner = component(scenario, NAME_MAX_BYTES);
	auto_free char *name = component(metric, NAME_MAX_BYTES);

	return mem_printf("h/%s/%s/%s.%s", folder, inner, name, ext);
}

char *address_chapter(const char *host, const char *scenario, const char *metric,
	const char *branch, int chapter, const char *ext)
{
	auto_free char *name = component(branch, NAME_MAX_BYTES);
	auto_free char *rest = mem_printf("%d.%s", chapter, ext);
	auto_free char *family = address_family(host, scenario, metric, "");

	/* the family's address ends with its dot */
	family[strlen(family) - 1] = '\0';
	return mem_printf("%s/%s.%s", family, name, rest);
}

char *address_drift(const char *branch, const char *host, const char *ext)
{
	auto_free char *folder = component(branch, NAME_MAX_BYTES);
	auto_free char *name = component(host, NAME_MAX_BYTES);

	return mem_printf("r/%s/%s.%s", folder, name, ext);
}

char *address_listing(size_t chapter)
{
	return mem_printf("index.%zu.json", chapter);
}

char *address_up(const char *address)
{
	size_t folders = 0;
	char *up;

	for (const char *p = address; *p; p++)
		folders += *p == '/';
	up = mem_new(3 * folders + 1, 1);
	for (size_t i = 0; i < folders; i++)
		memcpy(up + 3 * i, "../", 3);
	return up;
}
