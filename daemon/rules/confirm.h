/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_CONFIRM_H
#define RULES_CONFIRM_H

#include <stddef.h>

#include "judge/cells.h"
#include "model/judging.h"

/*
 * The confirm: fresh boots of both kernels in one lab session, in blocks
 * A B B A, judged at planned looks (cells_judge() with the look's weight, the
 * p of the look before in p_before). It ends when no undecided cell of the
 * family looks large enough to be worth more boots, or with the last look, and
 * is never extended.
 */
struct confirm_answer {
	int look;	/* the look to measure for, from 1; 0: the confirm is over */
	char order[64]; /* the sides to boot, "ABBAABBA"; "" when it is over */
};

/* After `looks` looks, the last of which gave the judgements; none are needed after 0. */
struct confirm_answer confirm_next(const struct judging *judging, int looks,
	const struct sample *samples, const struct judgement *judgements, size_t count);

#endif
