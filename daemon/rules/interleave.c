/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/interleave.h"

enum { REPEATS = 2, LOST_MAX = 5 };

char interleave_next(int good_a, int good_b, int wanted)
{
	static const char pattern[] = {'A', 'B', 'B', 'A'};
	char side = pattern[(good_a + good_b) % 4];

	if (good_a >= wanted && good_b >= wanted)
		return 0;
	if (side == 'A' ? good_a >= wanted : good_b >= wanted)
		side = side == 'A' ? 'B' : 'A';
	return side;
}

enum interleave_answer interleave_after_failure(enum failure failure, int good, int bad)
{
	switch (failure) {
	case FAILURE_KERNEL:
		return good && bad <= REPEATS ? INTERLEAVE_REPEAT : INTERLEAVE_GIVE_UP;
	case FAILURE_KEXEC:
	case FAILURE_HOST:
	case FAILURE_LINK:
		return bad <= REPEATS ? INTERLEAVE_REPEAT : INTERLEAVE_GIVE_UP;
	case FAILURE_NONE:
	case FAILURE_SOURCE:
	case FAILURE_BUILD:
	case FAILURE_TEST:
	case FAILURE_SERVICE:
	case FAILURE_COUNT:
		break;
	}
	return INTERLEAVE_GIVE_UP;
}

bool interleave_blames_reset(int before)
{
	return before >= REPEATS;
}

bool interleave_has_lost_enough(int before)
{
	return before >= LOST_MAX;
}
