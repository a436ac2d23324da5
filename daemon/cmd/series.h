/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SERIES_H
#define CMD_SERIES_H

/* `kvmperf series`: a posted series is applied and measured. */
int cmd_series(int argc, char **argv);

#endif
