/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_WORLD_H
#define JUDGE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"
#include "model/judging.h"

/*
 * A lab that is made up, to try the rules on: Gaussian log times of cells
 * whose noise differs, boots whose cells move together, lab sessions that
 * differ, outlier boots, boots of two kinds. Same seed, same numbers.
 *
 * Standard deviations are of logs, for the median cell; those of the others
 * are exp(spread * normal) times as large, for all levels alike.
 */
struct world_rules {
	int cells, metrics;	    /* metrics have equally many cells, the last one the rest */
	double spread;		    /* of the cells' noise */
	double boot_sd;		    /* between boots */
	double iteration_sd;	    /* between iterations of a process */
	int processes;		    /* a boot; their median (mean of two) is the boot's value */
	int iterations;		    /* a process; their mean is the process's value */
	double session_sd;	    /* between lab sessions */
	double boot_correlation;    /* of the cells of one boot */
	double session_correlation; /* of the cells of one lab session */
	double effect;		    /* of the new kernel, as R - 1 */
	int effect_cells;	    /* the first ones have it */
	double outlier_boots;	    /* share of the boots */
	double outlier_size;	    /* as R - 1 */
	double two_modes;	    /* half of the boots are slower by this, as R - 1 */
	int sessions, session_boots; /* of the stored baseline */
	int history_df;		     /* degrees of freedom of the history; 0: none */
};

struct world_rules world_defaults(void);

#define WORLD_PROCESSES 64 /* of a boot, at most */
#define WORLD_BOOTS	64 /* of one side that a world keeps at once */

struct world;

/* A lab with its cells drawn, its stored baseline measured and its history known. */
struct world *world_new(const struct world_rules *rules, struct prng *prng);
void world_free(struct world *world);

/* Begins a lab session. Forgets the boots of both sides when `forget`, else keeps the base. */
void world_session(struct world *world, bool forget);

/* Boots 'A', the base kernel, or 'B', the new one, in the lab session that was begun last. */
void world_boot(struct world *world, char side);

/*
 * What is known of all cells now, valid until the next change: the base boots
 * (stored and of this lab session, until they are forgotten), the boots of the
 * new kernel, the history. in_family and p_before are 0.
 */
void world_samples(const struct world *world, struct sample *ret);

#endif
