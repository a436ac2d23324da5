/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PUBLISH_H
#define CMD_PUBLISH_H

/* kvmperf publish: argv[0] is the command's name. Returns the exit status. */
int cmd_publish(int argc, char **argv);

#endif
