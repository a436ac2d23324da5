/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_DEMO_H
#define CMD_DEMO_H

/* kvmperf demo: argv[0] is the command's name. Returns the exit status. */
int cmd_demo(int argc, char **argv);

#endif
