/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_RUN_H
#define CMD_RUN_H

/* kvmperf run: argv[0] is the command's name. Returns the exit status. */
int cmd_run(int argc, char **argv);

#endif
