/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LAB_SURVEY_H
#define LAB_SURVEY_H

#include <stdbool.h>

#include <stddef.h>

#include "model/machine.h"

/*
 * Looks at the machine that we run on. root is "" for it; a test gives a folder
 * that holds proc/, sys/, dev/ and boot/ of another. What cannot be read is
 * unknown, never an error. The caller clears *ret.
 */
void survey_machine(const char *root, struct machine *ret);

/*
 * The configuration of the kernel that runs there: its own copy in
 * /proc/config.gz, or /boot/config-RELEASE. NULL when there is neither; the
 * caller frees.
 */
char *survey_config(const char *root, const char *release, size_t *ret_bytes);

/* Does a kernel under test run here? Then this machine measures itself just now. */
bool survey_is_test_kernel(void);

#endif
