/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_QUEUE_H
#define VIEW_QUEUE_H

#include <stdio.h>

#include "model/front_page.h"

/*
 * When a branch is measured next, in words: "running now", "queued as number 2",
 * "when it moves", "by hand" for NULL: nobody watches it.
 */
void queue_next(FILE *out, const struct front_queue *queue);

#endif
