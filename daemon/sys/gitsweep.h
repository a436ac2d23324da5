/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_GITSWEEP_H
#define SYS_GITSWEEP_H

/*
 * Clears away what a writer that was killed left in a bare repository: locks,
 * packs and objects that were never finished, indexes without their pack. The
 * caller knows that nobody else writes there now.
 */
void git_sweep(const char *path);

#endif
