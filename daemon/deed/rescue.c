/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deed/rescue.h"

#include <errno.h>

#include "base/mem.h"
#include "model/host.h"
#include "rules/ladder.h"

enum {
	PROBE_MS = 25 * 1000, /* is the machine alive at all? */
	RESET_MS = 10 * 1000, /* from the request to the machine being off */
};

static const char *name_of(const struct rescue *rescue)
{
	return rescue->contact->rig->spec->name;
}

static bool keeps_stream(const struct rescue *rescue)
{
	return rescue->contact->rig->driver->keeps_stream;
}

/* A machine whose stream is its own would be switched on by looking for another one. */
static int probe(const struct rescue *rescue, bool *ret_answers, struct err *err)
{
	struct err silence = ERR_INIT;
	int r = -EPIPE;

	if (!rescue->is_silent && (rescue->contact->link || !keeps_stream(rescue)))
		r = contact_reach(rescue->contact, PROBE_MS, &silence);
	if (r == -EINTR)
		return err_set(err, r, "%s", silence.text);
	*ret_answers = r == 0;
	return 0;
}

static int await_golden(const struct rescue *rescue, int64_t wait_ms, struct err *err)
{
	struct contact *contact = rescue->contact;
	auto_free char *old_boot_id = mem_strdup(contact->boot_id ? contact->boot_id : "");
	int r;

	if (keeps_stream(rescue)) {
		r = contact_reach(contact, wait_ms, err);
		if (r == -EPIPE && contact->rig->driver->check(contact->rig, err) < 0)
			return err->code;
		return r < 0 ? r : 1;
	}
	r = contact_await(contact, old_boot_id, wait_ms, err);
	return r != 0 ? r : err_set(err, -ETIMEDOUT, "the same kernel goes on answering");
}

/* Does what the rung is; 0 when golden may be waited for. */
static int do_rung(const struct rescue *rescue, enum ladder_rung rung, struct err *err)
{
	struct contact *contact = rescue->contact;
	int r;

	switch (rung) {
	case LADDER_ASK:
		r = link_restore(contact->link, err);
		if (r == -EINTR || (r < 0 && !link_is_lost(r)))
			return r;
		err_clear(err);
		if (!keeps_stream(rescue))
			return 0;
		if (!contact_was_reset(contact, RESET_MS))
			return err_set(err, -ETIMEDOUT, "it does not reset");
		return contact_power(contact, POWER_CYCLE, err);
	case LADDER_SYSRQ:
		return contact_sysrq(contact, err);
	case LADDER_WATCHDOG:
		contact_drop(contact);
		return 0;
	case LADDER_POWER:
		return contact_power(contact, POWER_CYCLE, err);
	case LADDER_PERSON:
		break;
	}
	return err_set(err, -EHOSTDOWN, "%s", ladder_phrase(rung));
}

/* One rung: 1 when golden answers, 0 when the next one is to be tried (err says why). */
static int climb(const struct rescue *rescue, const struct ladder_step *step, struct err *err)
{
	int r = do_rung(rescue, step->rung, err);

	if (r == 0)
		r = await_golden(rescue, step->wait_ms, err);
	if (r > 0)
		r = rescue->look(rescue->data, err);
	if (r == 0)
		err_set(err, -ETIMEDOUT, "golden is not what came up");
	return r == -EINTR || r == -EHOSTDOWN || r > 0 ? r : 0;
}

static void tell(struct str *story, enum ladder_rung rung, const char *how)
{
	str_addf(story, "%s%s: %s", story->length ? "; " : "", ladder_phrase(rung), how);
}

int rescue_run(const struct rescue *rescue, struct err *err)
{
	const struct rig *rig = rescue->contact->rig;
	struct ladder ladder = {
		.has_sysrq = contact_has_sysrq(rescue->contact),
		.watchdog_s = rig->spec->watchdog_s,
		.has_power = contact_has_power(rescue->contact),
		.golden_limit_s = host_golden_limit_s(rig->spec),
	};
	auto_str struct str tried = STR_INIT;
	struct ladder_step step;
	int r = probe(rescue, &ladder.answers, err);

	if (r == 0 && !ladder.answers)
		str_add(&tried, "it does not answer");
	for (step = ladder_step(&ladder, LADDER_ASK); r == 0 && step.rung != LADDER_PERSON;
		step = ladder_step(&ladder, step.rung + 1)) {
		err_clear(err);
		r = climb(rescue, &step, err);
		tell(&tried, step.rung, r > 0 ? "golden is back" : err->text);
		if (r > 0)
			break;
	}
	if (r > 0 && step.rung != LADDER_ASK)
		str_addf(rescue->story, "%s%s", rescue->story->length ? "; " : "",
			str_text(&tried));
	if (r == 0)
		r = err_set(err, -EHOSTDOWN,
			"host %s does not come back to its golden kernel (%s): somebody must "
			"look at it",
			name_of(rescue), str_text(&tried));
	return r < 0 ? r : 0;
}
