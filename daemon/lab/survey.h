/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LAB_SURVEY_H
#define LAB_SURVEY_H

#include "model/machine.h"

/*
 * Looks at the machine that we run on. root is "" for it; a test gives a folder
 * that holds proc/, sys/, dev/ and boot/ of another. What cannot be read is
 * unknown, never an error. The caller clears *ret.
 */
void survey_machine(const char *root, struct machine *ret);

#endif
