/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DEED_RESCUE_H
#define DEED_RESCUE_H

#include <stdbool.h>

#include "base/err.h"
#include "driver/contact.h"
#include "string/str.h"

/*
 * The way back to golden from whatever a machine does, rung by rung of
 * rules/ladder.h.
 */
struct rescue {
	struct contact *contact;
	bool is_silent; /* it is known that nobody answers: it is neither probed nor asked */
	/*
	 * A kernel answers: 1 when it is golden, 0 when it is not, negative when it
	 * is one that nobody knows, which ends the climb.
	 */
	int (*look)(void *data, struct err *err);
	void *data;
	struct str *story; /* what was done is added here, but for a plain reboot */
};

/*
 * Returns 0 when golden answers; -EHOSTDOWN when no rung led there: the sentence
 * tells each with its failure. -EINTR after a request to stop.
 */
int rescue_run(const struct rescue *rescue, struct err *err);

#endif
