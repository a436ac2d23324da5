/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_INTERLEAVE_H
#define RULES_INTERLEAVE_H

#include <stdbool.h>

#include "base/failure.h"

/*
 * Which kernel is booted next. Boots of both kernels alternate A B B A A B B A
 * ..., so that whatever drifts with time moves both sides alike.
 */

/*
 * The side of the next boot, 'A' or 'B', after good_a and good_b boots that
 * count; 0 when both sides have the boots wanted. A boot that was lost is
 * repeated in its place.
 */
char interleave_next(int good_a, int good_b, int wanted);

/* What to do after a boot that does not count. */
enum interleave_answer {
	INTERLEAVE_REPEAT, /* in its place */
	INTERLEAVE_GIVE_UP,
};

/*
 * good and bad: boots of this kernel so far, bad includes the one at hand. A
 * kernel that never came up is given up at once when it is its own fault: a
 * panic is a result. What is the machine's or the link's fault, or the
 * kernel's after it had come up before, is repeated twice.
 */
enum interleave_answer interleave_after_failure(enum failure failure, int good, int bad);

/*
 * Who measures his own machine cannot tell a kernel that resets it from a power cut.
 * Is it the kernel, when the machine came back `before` times in a row already?
 */
bool interleave_blames_reset(int before);

/* Are so many lost boots in a row enough, whatever they were lost by? */
bool interleave_has_lost_enough(int before);

#endif
