/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMPARE_H
#define CMD_COMPARE_H

/* kvmperf compare: argv[0] is the command's name. Returns the exit status. */
int cmd_compare(int argc, char **argv);

#endif
