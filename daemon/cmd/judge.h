/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_JUDGE_H
#define CMD_JUDGE_H

/* kvmperf judge: argv[0] is the command's name. Returns the exit status. */
int cmd_judge(int argc, char **argv);

#endif
