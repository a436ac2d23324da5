/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_FOUND_H
#define RULES_FOUND_H

#include "model/bisect.h"
#include "model/finding.h"

/* What a bisect that is done found, as letters tell it. The caller clears *ret. */
void found_fill(const struct bisect *bisect, struct finding *ret);

#endif
