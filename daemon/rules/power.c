/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/power.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

static bool allows(const struct strv *allowed, const char *type)
{
	if (!type)
		return true;
	for (size_t i = 0; i < allowed->count; i++)
		if (strcmp(allowed->items[i], type) == 0)
			return true;
	return allowed->count == 0 && strcmp(type, "PowerCycle") != 0;
}

/* The first row of a deed that is allowed is taken; was_off: what a system that is off needs.
 */
static const struct {
	enum power_deed deed;
	bool was_off;
	struct power_plan plan;
} rows[] = {
	{POWER_CYCLE, false, {"PowerCycle", NULL, true}},
	{POWER_CYCLE, false, {"ForceOff", "On", true}},
	{POWER_CYCLE, false, {"ForceOff", "ForceOn", true}},
	{POWER_CYCLE, false, {"ForceRestart", NULL, true}},
	{POWER_CYCLE, true, {"On", NULL, true}},
	{POWER_CYCLE, true, {"ForceOn", NULL, true}},
	{POWER_ON, false, {NULL, NULL, true}},
	{POWER_ON, true, {"On", NULL, true}},
	{POWER_ON, true, {"ForceOn", NULL, true}},
	{POWER_OFF, false, {"ForceOff", NULL, false}},
	{POWER_OFF, true, {NULL, NULL, false}},
};

bool power_plan(enum power_deed deed, const char *state, const struct strv *allowed,
	struct power_plan *ret)
{
	bool was_off = strcmp(state, "Off") == 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].deed == deed && rows[i].was_off == was_off &&
			allows(allowed, rows[i].plan.first) &&
			allows(allowed, rows[i].plan.second)) {
			*ret = rows[i].plan;
			return true;
		}
	return false;
}
