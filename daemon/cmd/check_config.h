/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CHECK_CONFIG_H
#define CMD_CHECK_CONFIG_H

/* kvmperf check-config: argv[0] is the command's name. Returns the exit status. */
int cmd_check_config(int argc, char **argv);

#endif
