/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_METHOD_H
#define VIEW_METHOD_H

#include <stdio.h>

#include "model/comparison.h"

/* How the numbers came about, in one paragraph. */
void method_paragraph(FILE *out, const struct comparison *c);

/* What was compared: builds, kernel command line, host; and the commands to do it again. */
void method_facts(FILE *out, const struct comparison *c);
void method_reproduce(FILE *out, const struct comparison *c);

#endif
