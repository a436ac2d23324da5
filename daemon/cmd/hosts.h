/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_HOSTS_H
#define CMD_HOSTS_H

int cmd_hosts(int argc, char **argv);

#endif
