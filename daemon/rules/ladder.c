/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/ladder.h"

#include <stddef.h>

#include "base/mem.h"

static bool is_asked(const struct ladder *ladder)
{
	return ladder->answers;
}

static bool is_pressed(const struct ladder *ladder)
{
	return ladder->has_sysrq;
}

static bool is_watched(const struct ladder *ladder)
{
	return ladder->watchdog_s > 0;
}

static bool is_switched(const struct ladder *ladder)
{
	return ladder->has_power;
}

static const struct {
	enum ladder_rung rung;
	bool (*is_there)(const struct ladder *ladder); /* NULL: always */
	bool bites;				       /* the watchdog's time comes first */
	const char *phrase;
} rows[] = {
	{LADDER_ASK, is_asked, false, "asked to reboot"},
	{LADDER_SYSRQ, is_pressed, false, "reset by sysrq"},
	{LADDER_WATCHDOG, is_watched, true, "left to its watchdog"},
	{LADDER_POWER, is_switched, false, "its power was cut"},
	{LADDER_PERSON, NULL, false, "somebody must look at it"},
};

struct ladder_step ladder_step(const struct ladder *ladder, enum ladder_rung from)
{
	int64_t wait_ms = ladder->golden_limit_s * INT64_C(1000);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].rung >= from && rows[i].is_there && rows[i].is_there(ladder))
			return (struct ladder_step){rows[i].rung,
				wait_ms + (rows[i].bites ? ladder->watchdog_s * INT64_C(1000)
							 : 0)};
	return (struct ladder_step){LADDER_PERSON, 0};
}

const char *ladder_phrase(enum ladder_rung rung)
{
	return rows[rung].phrase;
}
