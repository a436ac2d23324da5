/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_ADDRESS_H
#define TEXT_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where the pages of a site are, relative to its folder. An address never
 * changes once published; whatever names go in, the result stays inside the
 * site's folder and needs no escaping in a URL: letters, digits, '-', '_' and
 * '.' are kept, other bytes become "=XX", a name that would begin with a dot
 * begins with "=2E", a name above 100 bytes is cut.
 * The caller frees what it gets. ext is "html", "json", "csv".
 */

/* c/<host>/<base, 12 digits>..<fresh, 12 digits>.<ext> */
char *address_comparison(
	const char *host, const char *base, const char *fresh, const char *ext);

/* b/<boot id>.<ext> */
char *address_boot(int64_t boot, const char *ext);

/* b/<boot id>/<process>.<ext>: raw output of its process number 1.. */
char *address_output(int64_t boot, int process, const char *ext);

/* k/<commit, 12 digits>.<ext> */
char *address_kernel(const char *oid, const char *ext);

/* k/config-<hash>.txt: a kernel configuration, for all kernels that have it */
char *address_config(const char *hash);

/* r/<branch>.<ext>: a branch (git's names have slashes, which become "=2F") */
char *address_branch(const char *branch, const char *ext);

/* r/<branch>/<host>.<ext>: how a branch moved on a host */
char *address_drift(const char *branch, const char *host, const char *ext);

/* e/<number>.<ext> */
char *address_event(int64_t event, const char *ext);

/* h/<host>.<ext> */
char *address_host(const char *host, const char *ext);

/* h/<host>/<scenario>/<metric>.<ext>: history of a cell family */
char *address_family(
	const char *host, const char *scenario, const char *metric, const char *ext);

/* h/<host>/<scenario>/<metric>/<branch>.<chapter>.<ext>: its older kernels */
char *address_chapter(const char *host, const char *scenario, const char *metric,
	const char *branch, int chapter, const char *ext);

/* index.<chapter>.json: older comparisons */
char *address_listing(size_t chapter);

/* "../" for each folder of an address: what leads from there to the top. */
char *address_up(const char *address);

#endif
