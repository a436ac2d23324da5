/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deed/enter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "driver/modules.h"
#include "io/hash.h"
#include "model/host.h"
#include "rules/proof.h"
#include "sys/tail.h"

#define RESET_MS    (10 * 1000) /* from the last word to the machine being off */
#define CONSOLE_MAX (1024 * 1024)

void entry_keep_console(const struct entry *entry, struct boot_report *report)
{
	const char *console = entry->contact->rig->console;

	free(take_ptr(report->console));
	if (console)
		tail_read(console, entry->console_mark, CONSOLE_MAX, &report->console, NULL,
			NULL);
}

static int put(const struct entry *entry, const char *path, const char *hash, const char *name,
	char **ret, struct err *err)
{
	return link_put(entry->contact->link, path, hash, name, 0644, ret, err);
}

/* The initramfs that the kernel's modules ask for; a machine that cannot make it is at fault.
 */
static int put_modules(
	const struct entry *entry, char **ret, struct boot_report *report, struct err *err)
{
	const struct modules_place place = {entry->contact->rig->spec->runner_folder,
		"/lib/modules", "/boot", modules_path};
	int r = modules_install(entry->contact->link, entry->kernel, &place, ret, err);

	if (r >= 0 || r == -EINTR || link_is_lost(r))
		return r;
	proof_fail(report, FAILURE_HOST, SYMPTOM_PREPARE, "%s", err->text);
	err_clear(err);
	return 0;
}

/* Puts the files there and executes them; 0 with failure unset: it is on its way. */
static int load_and_enter(const struct entry *entry, struct boot_report *report,
	enum entry_end *end, struct err *err)
{
	const struct rig *rig = entry->contact->rig;
	const char *path = entry->kernel->image_path;
	auto_free char *image = NULL, *initramfs = NULL;
	char hash[HASH_HEX_BYTES];
	int r = hash_file(path, hash, err);

	if (r == 0)
		r = put(entry, path, hash, "Image", &image, err);
	if (r == 0 && rig->initramfs)
		r = put(entry, rig->initramfs, rig->initramfs_hash, "initramfs", &initramfs,
			err);
	else if (r == 0)
		r = put_modules(entry, &initramfs, report, err);
	if (r < 0)
		return contact_blame(r, report, err);
	if (report->failure != FAILURE_NONE)
		return 0;
	*end = ENTRY_GONE;
	r = link_kexec(entry->contact->link, image, initramfs ? initramfs : rig->spec->initrd,
		entry->cmdline, err);
	if (r == 0 || r == -EINTR || link_is_lost(r))
		return contact_blame(r, report, err);
	*end = ENTRY_GOLDEN;
	proof_fail(report, FAILURE_KEXEC, SYMPTOM_REFUSED, "%s", err->text);
	err_clear(err);
	return 0;
}

int entry_examine(const struct entry *entry, struct boot_report *report, struct err *err)
{
	struct link *link = entry->contact->link;
	int r = link_facts(link, &report->facts, err);

	if (r == 0)
		r = link_dmesg(link, &report->dmesg, err);
	if (r < 0)
		return contact_blame(r, report, err);
	free(report->boot_id);
	report->boot_id = mem_strdup(entry->contact->boot_id);
	proof_judge(report, entry->kernel, entry->cmdline, entry->golden_release);
	return 0;
}

/* Nobody answers until the limit. */
static int silent(const struct entry *entry, struct boot_report *report, enum entry_end *end,
	struct err *err)
{
	proof_fail(report, FAILURE_KERNEL, SYMPTOM_HANG, "%s said nothing for %d s after kexec",
		entry->kernel->release, entry->plan->boot_limit_s);
	*end = ENTRY_SILENT;
	err_clear(err);
	return 0;
}

/* Waits for whoever comes up: the kernel, golden after a reset, or nobody. */
static int await_kernel(const struct entry *entry, struct boot_report *report,
	enum entry_end *end, struct err *err)
{
	int64_t start_ms = clock_monotonic_ms(&clock_real);
	int r = contact_await(
		entry->contact, entry->old_boot_id, entry->plan->boot_limit_s * 1000LL, err);

	report->kexec_ms = clock_monotonic_ms(&clock_real) - start_ms;
	entry_keep_console(entry, report);
	if (r == -ETIMEDOUT)
		return silent(entry, report, end, err);
	if (r == -EPIPE && contact_was_reset(entry->contact, RESET_MS)) {
		*end = ENTRY_OFF;
		err_clear(err);
		return 0;
	}
	if (r < 0)
		return contact_blame(r, report, err);
	if (r > 0)
		return entry_examine(entry, report, err);
	proof_fail(report, FAILURE_KEXEC, SYMPTOM_REFUSED,
		"the golden kernel loaded %s and did not enter it", entry->kernel->release);
	return 0;
}

int entry_run(const struct entry *entry, struct boot_report *report, enum entry_end *ret_end,
	struct err *err)
{
	int r;

	*ret_end = ENTRY_GOLDEN;
	r = load_and_enter(entry, report, ret_end, err);
	if (r == 0 && report->failure == FAILURE_NONE)
		r = await_kernel(entry, report, ret_end, err);
	if (r == 0 && report->failure != FAILURE_NONE && !report->console)
		entry_keep_console(entry, report);
	return r;
}
