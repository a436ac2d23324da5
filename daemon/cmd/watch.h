/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

/* kvmperf watch: looks at the watched repositories once, now. */
int cmd_watch(int argc, char **argv);

#endif
