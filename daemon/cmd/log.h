/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LOG_H
#define CMD_LOG_H

/* kvmperf log: what the phases of a job have written. See its --help. */
int cmd_log(int argc, char **argv);

#endif
