/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_CHECK_H
#define RUNNER_CHECK_H

#include "string/str.h"

/*
 * What a machine that is on golden can do, by trying it: one "key: value" line each.
 *	kexec	"loads", or why not: an image that is never entered is loaded
 *		and unloaded again. The kernel looks at load time already whether all
 *		CPUs can be switched off.
 *	score-us	what a pass of the control's work took, the shortest of some
 *
 * folder is one that may be written to.
 */
void check_add_all(const char *folder, struct str *ret);

#endif
