/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/judging.h"

#include <string.h>

struct judging judging_defaults(void)
{
	return (struct judging){
		.minimum_effect = 0.02,
		.minimum_s = 0.0002,
		.minimum_instructions = 20000,
		.fdr = 0.05,
		.strict = false,
		.history_df_cap = 20,
		.history_df_least = 4,
		.cold_start_cells = 8,
		.guard_p = 0.01,
		.sd_floor = 1e-4,
		.screen_boots = 2,
		.screen_boots_most = 3,
		.screen_base_boots = 2,
		.screen_borrows = true,
		.suspect_p = 0.1,
		.trigger_p = 0.02,
		.certain_p = 0.001,
		.include_p = 0.15,
		.include_share = 1. / 3,
		.common_p = 0.005,
		.baseline_boots = 8,
		.baseline_sessions = 4,
		.baseline_most = 20,
		.baseline_days = 60,
		.history_kernels = 20,
		.looks = 3,
		.look_boots = {2, 4, 8},
		.look_weight = {1. / 6, 1. / 3, 1. / 2},
		.continue_factor = 1.2,
		.host_check_p = 0.001,
	};
}

struct judging judging_plain(void)
{
	struct judging j = judging_defaults();

	j.screen_boots = j.screen_boots_most = 3;
	j.screen_base_boots = 0;
	j.screen_borrows = false;
	j.include_p = 0.25;
	j.looks = 2;
	j.look_boots[0] = 4;
	j.look_boots[1] = 8;
	j.look_weight[0] = j.look_weight[1] = 0.5;
	return j;
}

double judging_minimum_abs(const struct judging *judging, const char *unit)
{
	if (unit && !strcmp(unit, "s"))
		return judging->minimum_s;
	if (unit && !strcmp(unit, "instructions"))
		return judging->minimum_instructions;
	return 0;
}

double judging_resolution(const char *unit)
{
	if (unit && !strcmp(unit, "s"))
		return 1e-9;
	if (unit && !strcmp(unit, "instructions"))
		return 1;
	return 0;
}
