/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lab/host.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/stop.h"
#include "deed/enter.h"
#include "deed/rescue.h"
#include "deed/test.h"
#include "driver/contact.h"
#include "driver/emulated.h"
#include "driver/local.h"
#include "driver/ssh.h"
#include "rules/cmdline.h"
#include "rules/proof.h"
#include "string/strv.h"
#include "sys/tail.h"
#include "text/facts.h"

struct host {
	const struct host_spec *spec;
	char *libdir;
	struct contact contact;
	bool on_golden;	      /* entered by firmware, and nothing was done to it since */
	char *golden_release; /* what golden said of itself */
	char *cmdline;	      /* canonical one of the host, to which a test boot adds */
	struct test test;
	struct str story; /* of rescues, until somebody asks */
};

static const struct driver *driver_of(enum host_driver kind)
{
	static const struct driver *const drivers[] = {
		[HOST_QEMU] = &driver_emulated,
		[HOST_SSH] = &driver_ssh,
		[HOST_LOCAL] = &driver_local,
	};

	assert(kind < ARRAY_SIZE(drivers));
	return drivers[kind];
}

bool host_ends_us(const struct host_spec *spec)
{
	return driver_of(spec->driver)->ends_with_kernel;
}

/* ---- golden ---- */

/*
 * Is it golden that answers? 1, or 0 when a test kernel still runs there (it
 * carries its mark in the command line).
 */
static int look_at_kernel(struct host *host, struct err *err)
{
	const struct rig *rig = host->contact.rig;
	auto_free char *facts = NULL, *line = NULL;
	int r;

	if (!rig->driver->keeps_stream) {
		r = link_facts(host->contact.link, &facts, err);
		if (r < 0)
			return r;
		line = facts_value(facts, "/proc/cmdline");
		if (line && strstr(line, PROOF_MARK))
			return 0;
	}
	if (host->golden_release && strcmp(host->golden_release, host->contact.release) != 0)
		return err_set(err, -EHOSTDOWN,
			"host %s came back as %s, its golden kernel is %s: somebody must look "
			"at it",
			host->spec->name, host->contact.release, host->golden_release);
	/* An entry at hand borrows the release, which stays the same. */
	if (!host->golden_release)
		host->golden_release = mem_strdup(host->contact.release);
	free(host->cmdline);
	host->cmdline =
		rig->cmdline ? mem_strdup(rig->cmdline) : cmdline_derive(line ? line : "");
	host->on_golden = true;
	return 1;
}

static int look(void *data, struct err *err)
{
	return look_at_kernel(data, err);
}

/* Back to golden, whatever runs there; is_silent: nobody answers. */
static int climb(struct host *host, bool is_silent, struct err *err)
{
	const struct rescue rescue = {
		.contact = &host->contact,
		.is_silent = is_silent,
		.look = look,
		.data = host,
		.story = &host->story,
	};
	const struct rig *rig = host->contact.rig;
	int r;

	err_clear(err);
	host->on_golden = false;
	r = rescue_run(&rescue, err);
	if (r < 0 && rig->console)
		err_note(err, "its console is %s", rig->console);
	if (r < 0 && rig->driver->power)
		contact_power(&host->contact, POWER_OFF, NULL);
	return r;
}

/*
 * The same for a machine that we took away from golden: a wish to stop waits for it.
 * The one that we run on is left alone, because its way back ends whatever else is
 * done on it; it goes when the service is started again.
 */
static int rescue(struct host *host, bool is_silent, struct err *err)
{
	int r;

	if (host->contact.rig->driver->ends_with_kernel)
		return climb(host, is_silent, err);
	stop_defer(HOST_STOP_S * INT64_C(1000));
	r = climb(host, is_silent, err);
	stop_heed();
	if (r == -EINTR && stop_insisted())
		return err_set(err, r,
			"host %s may still run a test kernel: its way back to golden was given "
			"up, as stopping was asked for twice",
			host->spec->name);
	if (r == -EINTR)
		return err_set(err, r,
			"host %s was on its way back to golden, which did not answer within "
			"%d s",
			host->spec->name, HOST_STOP_S);
	return r;
}

/* Waits for golden on a machine that should run it; one that does not answer is rescued. */
static int reach_golden(struct host *host, struct err *err)
{
	struct rig *rig = host->contact.rig;
	int r = contact_reach(
		&host->contact, host_golden_limit_s(host->spec) * INT64_C(1000), err);

	if (r == -EPIPE && rig->driver->check(rig, err) < 0)
		r = err->code;
	if (r == -ETIMEDOUT && !rig->driver->keeps_stream && !rig->driver->ends_with_kernel)
		return climb(host, true, err);
	if (r < 0) {
		if (rig->driver->power)
			contact_power(&host->contact, POWER_OFF, NULL);
		return err_note(err, "the golden kernel does not come up (its console is %s)",
			rig->console ? rig->console : "not recorded");
	}
	return 0;
}

/* ---- taking and letting go ---- */

/* Returns what look_at_kernel() does; *ret is set unless that is negative. */
static int take(struct host **ret, const struct host_spec *spec, const char *golden_release,
	const char *folder, const char *libdir, struct err *err)
{
	struct host *host = MEM_NEW(struct host, 1);
	int r;

	host->spec = spec;
	host->libdir = mem_strdup(libdir);
	host->golden_release = mem_strdup(golden_release);
	host->test = (struct test){.contact = &host->contact, .libdir = host->libdir};
	r = driver_of(spec->driver)->take(&host->contact.rig, spec, folder, host->libdir, err);
	if (r == 0)
		r = reach_golden(host, err);
	if (r == 0)
		r = look_at_kernel(host, err);
	if (r < 0)
		host_close(host);
	else
		*ret = host;
	return r;
}

int host_open(struct host **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err)
{
	struct host *host;
	int r = take(&host, spec, NULL, folder, libdir, err);

	if (r == 0)
		r = climb(host, false, err); /* somebody left it in a test kernel */
	else if (r < 0)
		return r;
	if (r < 0) {
		host_close(host);
		return r;
	}
	*ret = host;
	return 0;
}

int host_reopen(struct host **ret, const struct host_spec *spec,
	const struct departure *departure, const char *folder, const char *libdir,
	struct err *err)
{
	int r = take(ret, spec, departure->golden_release, folder, libdir, err);

	return r < 0 ? r : 0;
}

const char *host_name(const struct host *host)
{
	return host->spec->name;
}

bool host_keeps_time(const struct host *host)
{
	return !host_is_emulated(host->spec);
}

const char *host_boot_id(const struct host *host)
{
	return host->contact.boot_id;
}

char *host_take_story(struct host *host)
{
	return host->story.length ? str_take(&host->story) : NULL;
}

bool host_is_on_golden(const struct host *host)
{
	return host->on_golden;
}

void host_close(struct host *host)
{
	if (!host)
		return;
	contact_clear(&host->contact);
	if (host->contact.rig)
		host->contact.rig->driver->release(host->contact.rig);
	test_clear(&host->test);
	free(host->libdir);
	free(host->golden_release);
	free(host->cmdline);
	str_clear(&host->story);
	free(host);
}

/* ---- boot ---- */

int host_depart(const struct host *host, const struct plan *plan, struct departure *ret,
	struct err *err)
{
	struct departure departure = {0};
	uint64_t mark = 0;
	int r;

	if (!host->on_golden)
		return err_set(
			err, -EINVAL, "host %s is not on its golden kernel", host->spec->name);
	if (getrandom(&mark, sizeof(mark), 0) < 0)
		return err_sys(err, -errno, "no random numbers");
	r = proof_cmdline(host->cmdline, plan, mark, &departure.cmdline, err);
	if (r < 0)
		return r;
	departure.old_boot_id = mem_strdup(host->contact.boot_id);
	departure.golden_release = mem_strdup(host->golden_release);
	*ret = departure;
	return 0;
}

/* Brings the machine to where the report can be finished, after an entry that ended so. */
static int settle(struct host *host, const struct entry *entry, enum entry_end end,
	struct boot_report *report, struct err *err)
{
	int r = 0;

	host->on_golden = end == ENTRY_GOLDEN;
	if (end == ENTRY_SILENT || end == ENTRY_OFF)
		r = rescue(host, true, err);
	if (r == 0 && end == ENTRY_OFF)
		r = entry_examine(entry, report, err);
	if (r == 0 && report->failure == FAILURE_NONE)
		free(take_ptr(report->console));
	return r;
}

int host_boot(struct host *host, const struct kernel *kernel, const struct plan *plan,
	const struct departure *departure, struct boot_report *ret, struct err *err)
{
	const char *console = host->contact.rig->console;
	const struct entry entry = {
		.contact = &host->contact,
		.kernel = kernel,
		.plan = plan,
		.cmdline = departure->cmdline,
		.old_boot_id = departure->old_boot_id,
		.golden_release = departure->golden_release,
		.console_mark = console ? tail_mark(console) : 0,
	};
	struct boot_report report = {0};
	enum entry_end end;
	int r = entry_run(&entry, &report, &end, err);

	if (r == 0)
		r = settle(host, &entry, end, &report, err);
	else
		host->on_golden = host->on_golden && end == ENTRY_GOLDEN;
	if (r < 0)
		boot_report_clear(&report);
	else
		*ret = report;
	return r;
}

int host_arrive(struct host *host, const struct kernel *kernel,
	const struct departure *departure, struct boot_report *ret, struct err *err)
{
	const struct entry entry = {
		.contact = &host->contact,
		.kernel = kernel,
		.cmdline = departure->cmdline,
		.golden_release = departure->golden_release,
	};
	struct boot_report report = {0};
	int r;

	if (strcmp(host->contact.boot_id, departure->old_boot_id) == 0)
		return 1;
	r = entry_examine(&entry, &report, err);
	if (r < 0)
		boot_report_clear(&report);
	else
		*ret = report;
	return r;
}

int host_restore(struct host *host, struct err *err)
{
	int r;

	if (!host->on_golden)
		return rescue(host, false, err);
	r = contact_reach(&host->contact, host_golden_limit_s(host->spec) * INT64_C(1000), err);
	return r == 0 || r == -EINTR ? r : rescue(host, true, err);
}

/* ---- trial ---- */

int host_prepare(struct host *host, const struct plan *plan, struct boot_report *ret_report,
	struct err *err)
{
	return test_prepare(&host->test, plan, ret_report, err);
}

int host_put_test(
	struct host *host, const char *binary_path, struct strv *ret_modes, struct err *err)
{
	return test_put(&host->test, binary_path, ret_modes, err);
}

int host_run(struct host *host, const struct plan *plan, const struct scenario *scenario,
	int mode_id, struct process_report *ret, struct err *err)
{
	return test_run(&host->test, plan, scenario, mode_id, ret, err);
}

int host_control(
	struct host *host, const struct plan *plan, struct process_report *ret, struct err *err)
{
	return test_control(&host->test, plan, ret, err);
}

int host_facts(struct host *host, char **ret, struct err *err)
{
	return link_facts(host->contact.link, ret, err);
}

int host_check(struct host *host, char **ret, struct err *err)
{
	return link_check(host->contact.link, ret, err);
}

int host_dmesg(struct host *host, char **ret, struct err *err)
{
	return link_dmesg(host->contact.link, ret, err);
}
