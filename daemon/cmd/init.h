/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_INIT_H
#define CMD_INIT_H

/* kvmperf init: a commented configuration for the machine it runs on. */
int cmd_init(int argc, char **argv);

#endif
