/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_STATUS_H
#define CMD_STATUS_H

/* kvmperf status: what runs where, how far, what waits, the last verdicts. See its --help. */
int cmd_status(int argc, char **argv);

#endif
