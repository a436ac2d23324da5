/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_STATUS_H
#define VIEW_STATUS_H

#include <stdint.h>
#include <stdio.h>

#include "store/overviews.h"

/* The service at one moment, in 80 columns. */
void status_text(FILE *out, const struct overview *overview, int64_t now_unix_ms);

/* The same as JSON, for programs: nothing is cut. */
void status_json(FILE *out, const struct overview *overview);

/* "confirm 1a2b3c4d5e6f against 0123456789ab": what a job asks. The caller frees. */
char *status_question(const struct overview_job *job);

#endif
