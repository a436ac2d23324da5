/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_SIMULATION_H
#define WORK_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/world.h"
#include "model/judging.h"

/* What a number of made-up kernels met with: screen, and confirm when it triggers. */
struct simulation {
	int runs;
	int alerted;	  /* runs with a flag on a cell that is as it was */
	int found;	  /* runs with a flag in the right direction on a changed cell */
	int confirmed;	  /* runs that went to a confirm */
	long cells_found; /* changed cells that were flagged, over all runs */
	long boots;	  /* in all */
	double estimate;  /* sum of the changes shown for them, as R - 1 */
};

/* With confirm_only every run is confirmed, with all cells in the family. */
struct simulation simulate(const struct world_rules *world, const struct judging *judging,
	int runs, uint64_t seed, bool confirm_only);

#endif
