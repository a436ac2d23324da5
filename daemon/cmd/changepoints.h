/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CHANGEPOINTS_H
#define CMD_CHANGEPOINTS_H

/* kvmperf changepoints: argv[0] is the command's name. Returns the exit status. */
int cmd_changepoints(int argc, char **argv);

#endif
