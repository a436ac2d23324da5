/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LAB_HOST_H
#define LAB_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/host.h"
#include "model/kernel.h"
#include "model/plan.h"
#include "model/trial.h"

/*
 * A host in our hands: from host_open(), which leaves it on its golden kernel
 * with a runner that answers, to host_close(). Every deed below needs the
 * state that the one before left; whoever entered a test kernel, or tried to,
 * calls host_restore().
 */
struct host;

/*
 * Takes the host and brings it to golden. folder is the host's own folder
 * (sockets, console log, pid file; made when missing). libdir holds the
 * runner, the probe and the counting plugin. Returns -EBUSY when another
 * process holds the host. spec is borrowed until host_close().
 */
int host_open(struct host **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err);

/*
 * Is it the machine that we run on? Then host_boot() and host_restore() end our own
 * process (-EINTR: systemd asks us to stop), and the one that starts in the next
 * kernel goes on with host_reopen().
 */
bool host_ends_us(const struct host_spec *spec);

/*
 * Takes the host as it is, in whichever kernel runs there, after the departure has
 * ended our process.
 */
int host_reopen(struct host **ret, const struct host_spec *spec,
	const struct departure *departure, const char *folder, const char *libdir,
	struct err *err);

const char *host_name(const struct host *host);

/* Do its times mean anything? Not those of an emulated one. */
bool host_keeps_time(const struct host *host);

/* Which boot of which kernel answers, by its random id. */
const char *host_boot_id(const struct host *host);

/*
 * How it was rescued since the last call ("it does not answer; its power was cut:
 * golden is back"), NULL when it was not; the caller frees. A machine that was
 * rescued is to be checked before it is trusted.
 */
char *host_take_story(struct host *host);

/* Does golden run there, for all that we know? */
bool host_is_on_golden(const struct host *host);

/* Lets the host go: the emulated one is switched off. NULL is fine. */
void host_close(struct host *host);

/* What the next host_boot() begins with; the caller clears. */
int host_depart(const struct host *host, const struct plan *plan, struct departure *ret,
	struct err *err);

/*
 * Enters a kernel from golden: puts the image and an initramfs over the link,
 * loads and executes them with kexec_file_load, and proves the boot (boot id
 * changed, command line is ours, release, build-id, KVM mode, taint). Returns
 * 0 when the deed was done, which includes "the kernel does not boot":
 * ret->failure then says what it was, with the console text. Negative is our
 * own failure (-EINTR after a request to stop).
 */
int host_boot(struct host *host, const struct kernel *kernel, const struct plan *plan,
	const struct departure *departure, struct boot_report *ret, struct err *err);

/*
 * The rest of a host_boot() that ended our process: proves the boot. Returns 0 as
 * host_boot() does, or 1 when golden was never left.
 */
int host_arrive(struct host *host, const struct kernel *kernel,
	const struct departure *departure, struct boot_report *ret, struct err *err);

/*
 * Prepares the machine for the plan (huge pages, THP, the control files of
 * facts) and verifies it. The booted kernel must be running. On a machine
 * that cannot be prepared ret_report's failure, symptom and reason are set.
 */
int host_prepare(struct host *host, const struct plan *plan, struct boot_report *ret_report,
	struct err *err);

/* Puts the test binary there (by hash, once) and returns its guest modes: "ID<TAB>mode"
 * strings. */
int host_put_test(
	struct host *host, const char *binary_path, struct strv *ret_modes, struct err *err);

/*
 * Runs one process of the test in one guest mode (mode_id as host_put_test()
 * told) and waits for it. Returns 0 when it ran, however it ended:
 * ret->failure says. The text of stdout is not read here, but the probe's
 * report is, and the instruction counts are merged into ret->calls.
 */
int host_run(struct host *host, const struct plan *plan, const struct scenario *scenario,
	int mode_id, struct process_report *ret, struct err *err);

/*
 * Does the work of the negative control (runner/control.h) on the machine that
 * is prepared; as host_run(), without a test binary.
 */
int host_control(struct host *host, const struct plan *plan, struct process_report *ret,
	struct err *err);

/* What the machine is now, as "key: value" lines (runner/facts.h); the caller frees. */
int host_facts(struct host *host, char **ret, struct err *err);

/*
 * What the machine, which is on golden, can do: it is tried ("key: value" lines,
 * runner/check.h); the caller frees.
 */
int host_check(struct host *host, char **ret, struct err *err);

/* Reads dmesg; the caller frees. */
int host_dmesg(struct host *host, char **ret, struct err *err);

/*
 * Brings the host back to golden whatever state it is in, rung by rung of
 * rules/ladder.h, and checks that golden answers. A wish to stop waits for that, at
 * most HOST_STOP_S and until a second one (-EINTR, and where the host is left); but not
 * where host_ends_us().
 */
int host_restore(struct host *host, struct err *err);

#endif
