/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_CONTACT_H
#define DRIVER_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "io/link.h"
#include "model/rig.h"
#include "model/trial.h"

/*
 * A machine and the conversation with the runner on it, whichever kernel runs
 * there: connecting again and again while it boots, and knowing by the boot id
 * when another kernel answers. The machine is borrowed.
 */
struct contact {
	struct rig *rig;
	struct link *link; /* NULL: there is no conversation */
	char *boot_id;	   /* of the last hello, NULL before */
	char *release;
};

/* Ends the conversation; what is known of the last kernel stays known. */
void contact_drop(struct contact *contact);
void contact_clear(struct contact *contact);

/*
 * Gets an answer from whatever kernel runs within limit_ms; a machine whose
 * stream is its own and that is off is switched on by this. -ETIMEDOUT: nobody
 * answers; -EPIPE: the stream ended (the machine was reset, or worse:
 * driver->check() knows).
 */
int contact_reach(struct contact *contact, int64_t limit_ms, struct err *err);

/*
 * Waits for another kernel than the one of old_boot_id. Returns 1 when it
 * answers, 0 when the old one goes on answering, at the deadline or as soon as
 * that is certain; errors as contact_reach().
 */
int contact_await(
	struct contact *contact, const char *old_boot_id, int64_t limit_ms, struct err *err);

/*
 * What a fault of the link means for a boot: the deed is done, the boot does not
 * count. Returns 0 then, with the fault in the report; our own faults stay.
 */
int contact_blame(int code, struct boot_report *report, struct err *err);

/* Has the machine reset itself within limit_ms? Its link ends a moment before. */
bool contact_was_reset(struct contact *contact, int64_t limit_ms);

/* Presses the emergency key by the command of the configuration, else by the driver's way. */
bool contact_has_sysrq(const struct contact *contact);
int contact_sysrq(struct contact *contact, struct err *err);

bool contact_has_power(const struct contact *contact);

/*
 * Power by the driver's own way, else by the commands of the configuration; the
 * conversation ends. -EOPNOTSUPP: there is neither. A wish to stop does not leave a
 * machine off that was to be on.
 */
int contact_power(struct contact *contact, enum power_deed deed, struct err *err);

#endif
