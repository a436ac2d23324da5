/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_WHY_H
#define CMD_WHY_H

/* kvmperf why: the story of a job in plain words. See its --help. */
int cmd_why(int argc, char **argv);

#endif
