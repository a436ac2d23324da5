/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SIMULATE_H
#define CMD_SIMULATE_H

/* kvmperf simulate: argv[0] is the command's name. Returns the exit status. */
int cmd_simulate(int argc, char **argv);

#endif
