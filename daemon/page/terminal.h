/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_TERMINAL_H
#define PAGE_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "model/comparison.h"

/*
 * A comparison as plain text for terminal and mail: verdict, kernels, counts,
 * the reference table (80 columns), and with `cells` a line a judged cell.
 */
void page_terminal_write(FILE *out, const struct comparison *c, bool cells);

#endif
