/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_BISECT_H
#define CMD_BISECT_H

/* kvmperf bisect: argv[0] is the command's name. Returns the exit status. */
int cmd_bisect(int argc, char **argv);

#endif
