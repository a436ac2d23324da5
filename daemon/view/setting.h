/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_SETTING_H
#define VIEW_SETTING_H

#include "model/comparison.h"
#include "string/str.h"

/*
 * What was run and on what, as lines of a mail: test binary, command line, guest
 * mode, configuration, compiler, machine. cell is the one they are told for, command
 * the literal command line of one of its processes; both may be NULL.
 */
void setting_lines(struct str *out, const struct comparison *c, const struct cell *cell,
	const char *command);

#endif
