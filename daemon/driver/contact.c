/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver/contact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "io/outlet.h"
#include "model/host.h"
#include "power/redfish.h"
#include "rules/proof.h"

enum {
	AGAIN_MS = 500, /* between two tries to connect */
	LOOK_MS = 5000, /* a try at least, while a reboot is waited for */
};

void contact_drop(struct contact *contact)
{
	link_close(take_ptr(contact->link));
}

void contact_clear(struct contact *contact)
{
	contact_drop(contact);
	free(take_ptr(contact->boot_id));
	free(take_ptr(contact->release));
}

static int64_t left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_monotonic_ms(&clock_real);

	return left > 0 ? left : 0;
}

static int greet(struct contact *contact, int64_t limit_ms, struct err *err)
{
	struct link_hello hello = {0};
	int r = link_hello(contact->link, limit_ms, &hello, err);

	if (r < 0)
		return r;
	free(contact->boot_id);
	free(contact->release);
	contact->boot_id = take_ptr(hello.boot_id);
	contact->release = take_ptr(hello.release);
	link_hello_clear(&hello);
	return 0;
}

/* One try: a stream, and an answer on it. */
static int try_once(struct contact *contact, int64_t limit_ms, struct err *err)
{
	const struct rig *rig = contact->rig;
	int fd, r;

	if (!contact->link) {
		r = rig->driver->connect(contact->rig, limit_ms, &fd, err);
		if (r < 0)
			return r;
		contact->link = link_open(rig->spec->name, fd);
	}
	r = greet(contact, limit_ms, err);
	if (r < 0 && r != -EINTR && !rig->driver->keeps_stream)
		contact_drop(contact);
	return r;
}

int contact_reach(struct contact *contact, int64_t limit_ms, struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms(&clock_real) + limit_ms;
	int r;

	while ((r = try_once(contact, left_ms(deadline_ms), err)) < 0) {
		bool may_boot = r == -EAGAIN || link_is_lost(r);

		if (!may_boot || contact->rig->driver->keeps_stream)
			return r;
		if (!left_ms(deadline_ms)) {
			err->code = -ETIMEDOUT;
			return err_note(err, "no answer in %lld s", (long long)limit_ms / 1000);
		}
		if (!stop_sleep_ms(AGAIN_MS))
			return err_set(err, -EINTR, "stopped");
		err_clear(err);
	}
	return 0;
}

/* The kernel that runs our own process: we do not outlive it. */
static int await_our_end(int64_t limit_ms, struct err *err)
{
	int64_t deadline_ms = clock_monotonic_ms(&clock_real) + limit_ms;

	while (left_ms(deadline_ms))
		if (!stop_sleep_ms(AGAIN_MS))
			return err_set(err, -EINTR, "stopped");
	return 0;
}

int contact_await(
	struct contact *contact, const char *old_boot_id, int64_t limit_ms, struct err *err)
{
	const struct driver *driver = contact->rig->driver;
	int64_t deadline_ms = clock_monotonic_ms(&clock_real) + limit_ms;
	int r;

	if (driver->ends_with_kernel)
		return await_our_end(limit_ms, err);
	if (!driver->keeps_stream)
		contact_drop(contact);
	for (;;) {
		int64_t left = left_ms(deadline_ms);

		/* The last look is not cut short: a slow way in is no silence. */
		if (!driver->keeps_stream && left < LOOK_MS)
			left = LOOK_MS;
		r = contact_reach(contact, left, err);
		if (r < 0)
			return r;
		if (strcmp(contact->boot_id, old_boot_id) != 0)
			return 1;
		if (driver->keeps_stream || !left_ms(deadline_ms))
			return 0;
		/* It is on its way down: services stop in their order. */
		contact_drop(contact);
		if (!stop_sleep_ms(AGAIN_MS))
			return err_set(err, -EINTR, "stopped");
	}
}

int contact_blame(int code, struct boot_report *report, struct err *err)
{
	if (!link_is_lost(code))
		return code;
	proof_fail(report, FAILURE_LINK, SYMPTOM_LOST, "%s", err->text);
	err_clear(err);
	return 0;
}

bool contact_was_reset(struct contact *contact, int64_t limit_ms)
{
	struct rig *rig = contact->rig;
	int64_t deadline_ms = clock_monotonic_ms(&clock_real) + limit_ms;
	int r;

	if (!rig->driver->keeps_stream)
		return false; /* whether it was, the next boot id tells */
	while ((r = rig->driver->check(rig, NULL)) == 0)
		if (!left_ms(deadline_ms) || !stop_sleep_ms(5))
			return false;
	return r > 0;
}

bool contact_has_sysrq(const struct contact *contact)
{
	return contact->rig->spec->sysrq.count || contact->rig->driver->sysrq;
}

int contact_sysrq(struct contact *contact, struct err *err)
{
	struct rig *rig = contact->rig;

	contact_drop(contact);
	return rig->spec->sysrq.count ? outlet_sysrq(rig->spec, err)
				      : rig->driver->sysrq(rig, err);
}

bool contact_has_power(const struct contact *contact)
{
	const struct rig *rig = contact->rig;

	return rig->driver->power || outlet_is_there(rig->spec) || redfish_is_there(rig->spec);
}

static int switch_power(struct rig *rig, enum power_deed deed, struct err *err)
{
	if (rig->driver->power)
		return rig->driver->power(rig, deed, err);
	if (outlet_is_there(rig->spec))
		return outlet_switch(rig->spec, deed, err);
	return redfish_switch(rig->spec, deed, err);
}

int contact_power(struct contact *contact, enum power_deed deed, struct err *err)
{
	struct rig *rig = contact->rig;
	int r;

	if (!contact_has_power(contact))
		return err_set(
			err, -EOPNOTSUPP, "host %s has no power switch", rig->spec->name);
	contact_drop(contact);
	stop_defer(HOST_STOP_S * INT64_C(1000));
	r = switch_power(rig, deed, err);
	stop_heed();
	return r;
}
